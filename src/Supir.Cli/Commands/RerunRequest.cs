using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>What the user asked <c>supir rerun</c> for, as written.</summary>
/// <param name="Picture">A picture that keeps its recipe.</param>
/// <param name="Input">The picture that it was made of, if said.</param>
/// <param name="Output">Where to write, if said.</param>
/// <param name="Options">The options file, if said.</param>
/// <param name="Device">What is to compute, if said; otherwise what the recipe says.</param>
/// <param name="Threads">The number of threads, if said.</param>
/// <param name="Ram">The most memory in GB, if said.</param>
internal sealed record RerunRequest(string Picture, string? Input, string? Output, string? Options, string? Device, string? Threads, string? Ram)
{
    /// <summary>The most GPU memory in GB, if said.</summary>
    public string? Vram { get; init; }

    /// <summary>What was said of the model beside the options file.</summary>
    public ModelOverrides Model { get; init; } = ModelOverrides.None;
}
