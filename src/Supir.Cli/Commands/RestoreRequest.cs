using System.Collections.ObjectModel;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>What the user asked <c>supir restore</c> for, as written.</summary>
/// <param name="Picture">The picture's path.</param>
/// <param name="Output">Where to write, if said.</param>
/// <param name="Options">The options file, if said.</param>
/// <param name="Device">What is to compute, if said.</param>
/// <param name="Threads">The number of threads, if said.</param>
/// <param name="Ram">The most memory in GB, if said.</param>
/// <param name="TileMap">Where to draw the map of the tiles instead of restoring, if said.</param>
/// <param name="Settings">Flag → text; <c>null</c> for a flag that was not given.</param>
internal sealed record RestoreRequest(
    string Picture, string? Output, string? Options, string? Device, string? Threads, string? Ram, string? TileMap, IReadOnlyDictionary<string, string?> Settings)
{
    /// <summary>Whether a folder's output was named as test.py names it: then its pictures are, too.</summary>
    public bool SavesAsReference { get; init; }

    /// <summary>A file that lists pictures and captions, if said.</summary>
    public string? Captions { get; init; }

    /// <summary>The most GPU memory in GB, if said.</summary>
    public string? Vram { get; init; }

    /// <summary>What was said of the model beside the options file.</summary>
    public ModelOverrides Model { get; init; } = ModelOverrides.None;

    /// <summary>What was said of captions: flag → text; <c>null</c> for a flag that was not given.</summary>
    public IReadOnlyDictionary<string, string?> Captioning { get; init; } = ReadOnlyDictionary<string, string?>.Empty;

    /// <summary>Which pictures of a folder are meant, if said.</summary>
    public string? Pattern { get; init; }

    /// <summary>In which order a folder's pictures are restored, if said.</summary>
    public string? Order { get; init; }

    /// <summary>Where a folder's log goes, if said.</summary>
    public string? Log { get; init; }

    /// <summary>How often a long run keeps its state, if said.</summary>
    public string? Journal { get; init; }
}
