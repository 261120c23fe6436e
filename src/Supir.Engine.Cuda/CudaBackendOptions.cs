namespace Supir.Engine.Cuda;

/// <summary>What a backend uses of the machine.</summary>
/// <param name="UsesCudnn">Whether cuDNN is used where it is installed.</param>
/// <param name="Tunes">Whether algorithms are measured when a plan is made; otherwise the libraries' first suggestion is taken.</param>
/// <param name="ScalesByVectors">Whether products of 8-bit floats are scaled by cuBLASLt where it can, rather than by a kernel of ours.</param>
/// <param name="LeastEightBitElements">The smallest matrix that is kept in 8 bits where that is asked for.</param>
public sealed record CudaBackendOptions(
    bool UsesCudnn = true, bool Tunes = true, bool ScalesByVectors = true, long LeastEightBitElements = CudaBackendOptions.UsualLeastEightBitElements)
{
    /// <summary>In a smaller matrix 8 bits save next to nothing.</summary>
    public const long UsualLeastEightBitElements = 1 << 20;

    /// <summary>All that is there.</summary>
    public static CudaBackendOptions Default { get; } = new();
}
