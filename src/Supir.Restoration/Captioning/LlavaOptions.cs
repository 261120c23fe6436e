using Supir.Engine;

namespace Supir.Restoration.Captioning;

/// <summary>Which LLaVA, and how it is kept in memory.</summary>
/// <param name="Path">The folder, or the single file, of its weights.</param>
public sealed record LlavaOptions(string Path)
{
    /// <summary>The environment variable with the weights' folder; the reference has it as a constant of that name.</summary>
    public const string PathVariable = "LLAVA_MODEL_PATH";

    /// <summary>The environment variable with the folder of CLIP's vision tower, where that is apart.</summary>
    public const string ClipVariable = "LLAVA_CLIP_PATH";

    /// <summary>What <see cref="ClipVariable"/> says; <c>null</c> where it says nothing.</summary>
    public static string? ClipPathOfEnvironment => Environment.GetEnvironmentVariable(ClipVariable) is { Length: > 0 } path ? path : null;

    /// <summary>The folder or file of CLIP's vision tower, where it is apart.</summary>
    public string? ClipPath { get; init; } = ClipPathOfEnvironment;

    /// <summary>In how many bits the language model is kept; one that was converted to 8 or 4 bits stays in these.</summary>
    public WeightPrecision Precision { get; init; } = WeightPrecision.FourBit;

    /// <summary>The most memory that it may take, bytes; <c>null</c> for what the machine has.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Asked before the weights are loaded: the bytes that other work leaves; <c>null</c> where there is none.</summary>
    public Func<long>? Room { get; init; }
}
