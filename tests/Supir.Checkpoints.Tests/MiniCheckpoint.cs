using Supir.Testing;

namespace Supir.Checkpoints.Tests;

/// <summary>The embedded checkpoint of this repository.</summary>
internal static class MiniCheckpoint
{
    /// <summary>Where it lies.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(Golden.PathOf("mini.manifest.json"), "..", "..", "..", "models", "supir-mini.safetensors"));
}
