namespace Supir.Cli.Commands;

/// <summary>What the user asked <c>supir caption</c> for, as written.</summary>
/// <param name="Pictures">Pictures, and folders of them.</param>
/// <param name="Overwrite">Whether pictures with a caption get a new one.</param>
/// <param name="Parallel">How many pictures at a time, if said.</param>
/// <param name="Threads">The number of threads, if said.</param>
/// <param name="Ram">The most memory in GB, if said.</param>
/// <param name="Captioning">Flag → text; <c>null</c> for a flag that was not given.</param>
internal sealed record CaptionRequest(
    IReadOnlyList<string> Pictures, bool Overwrite, string? Parallel, string? Threads, string? Ram, IReadOnlyDictionary<string, string?> Captioning);
