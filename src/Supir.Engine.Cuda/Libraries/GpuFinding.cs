namespace Supir.Engine.Cuda.Libraries;

/// <summary>A GPU that the driver shows.</summary>
/// <param name="Number">Its number, as in cuda:0.</param>
/// <param name="Name">Its name.</param>
/// <param name="Architecture">Its compute capability without the dot.</param>
/// <param name="MemoryBytes">All of its memory.</param>
public sealed record GpuFinding(int Number, string Name, int Architecture, long MemoryBytes)
{
    /// <summary>CUDA 12 and 13 libraries need this generation (Turing).</summary>
    public const int LeastArchitecture = 75;

    /// <summary>Whether it is new enough.</summary>
    public bool IsUsable => Architecture >= LeastArchitecture;
}
