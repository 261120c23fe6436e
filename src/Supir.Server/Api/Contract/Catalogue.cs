using System.Text.Json.Nodes;

namespace Supir.Server.Api.Contract;

/// <summary>Whether the server is well.</summary>
/// <param name="Status">ok.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Device">What computes; <c>null</c> until it is open.</param>
/// <param name="Model">The model that counts where a job names none.</param>
/// <param name="Queue">Jobs that wait and run.</param>
/// <param name="NeedsKey">Whether calls have to show an API key.</param>
public sealed record Health(string Status, string Version, string? Device, string Model, QueueLengths Queue, bool NeedsKey);

/// <summary>Jobs that are not done.</summary>
public sealed record QueueLengths(int Queued, int Running);

/// <summary>A model that jobs may name.</summary>
/// <param name="Id">Its options file's name without the ending.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Variants">The values of SUPIR_sign that make a difference: Q, F or both; empty where one checkpoint is all there is.</param>
/// <param name="Ready">Whether all its files are there.</param>
/// <param name="Missing">What is not there, in a sentence; <c>null</c> where all is.</param>
/// <param name="Notice">What its users are to be told; <c>null</c> for nothing.</param>
/// <param name="Sampler">Its own sampler; empty where it cannot be read.</param>
/// <param name="Tiled">Whether that works in tiles.</param>
/// <param name="Steps">Sampling steps where a job says none.</param>
/// <param name="IsDefault">Whether it counts where a job names none.</param>
public sealed record ModelInfo(
    string Id, string Name, IReadOnlyList<string> Variants, bool Ready, string? Missing, string? Notice, string Sampler, bool Tiled, int Steps, bool IsDefault);

/// <summary>A device that computes.</summary>
/// <param name="Id">Its name on the command line.</param>
/// <param name="Name">What it is.</param>
/// <param name="IsDefault">Whether it counts where a job names none.</param>
public sealed record DeviceInfo(string Id, string Name, bool IsDefault);

/// <summary>Settings that go together.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is good for.</param>
/// <param name="Values">Parameter → value.</param>
public sealed record PresetInfo(string Id, string Name, string Description, JsonObject Values);

/// <summary>The presets, and the line between fidelity and quality.</summary>
/// <param name="Presets">Presets, to be chosen with one click.</param>
/// <param name="Dial">Points of the line, from fidelity to quality.</param>
public sealed record PresetList(IReadOnlyList<PresetInfo> Presets, IReadOnlyList<JsonObject> Dial);

/// <summary>A parameter of a job.</summary>
public sealed record ParameterInfo
{
    /// <summary>Its name, as the command line has it.</summary>
    public required string Name { get; init; }

    /// <summary>What it belongs to.</summary>
    public required string Group { get; init; }

    /// <summary>What it is called on a page.</summary>
    public required string Label { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Meaning { get; init; }

    /// <summary>number, integer, boolean, text, choice or texts.</summary>
    public required string Type { get; init; }

    /// <summary>The value that counts where a job gives none; <c>null</c> for none.</summary>
    public required JsonNode? Default { get; init; }

    /// <summary>The least sensible value; <c>null</c> for one that is no number.</summary>
    public required double? Min { get; init; }

    /// <summary>The largest sensible value.</summary>
    public required double? Max { get; init; }

    /// <summary>From one sensible value to the next.</summary>
    public required double? Step { get; init; }

    /// <summary>The words that may be chosen; <c>null</c> where it is no choice.</summary>
    public required IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Whether it is for those who know what they do.</summary>
    public required bool Advanced { get; init; }
}

/// <summary>Whether pictures can be captioned.</summary>
/// <param name="Available">Whether they can.</param>
/// <param name="Name">What does it; <c>null</c> for nothing.</param>
/// <param name="Reason">Why not; <c>null</c> where they can.</param>
public sealed record CaptionerInfo(bool Available, string? Name, string? Reason);

/// <summary>What a picture shows.</summary>
/// <param name="Text">One line.</param>
public sealed record Caption([property: System.Text.Json.Serialization.JsonPropertyName("caption")] string Text);

/// <summary>The tiles of a picture.</summary>
/// <param name="Width">Pixels of a row of the working picture.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Tiles">In the order of their captions; empty where the model's sampler has none.</param>
public sealed record TileList(int Width, int Height, IReadOnlyList<Tile> Tiles);

/// <summary>A rectangle of the working picture, in pixels.</summary>
public sealed record Tile(int X, int Y, int Width, int Height);
