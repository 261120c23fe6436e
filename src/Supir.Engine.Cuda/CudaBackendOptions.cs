namespace Supir.Engine.Cuda;

/// <summary>What a backend uses of the machine.</summary>
/// <param name="UsesCudnn">Whether cuDNN is used where it is installed.</param>
/// <param name="Tunes">Whether algorithms are measured when a plan is made; otherwise the libraries' first suggestion is taken.</param>
public sealed record CudaBackendOptions(bool UsesCudnn = true, bool Tunes = true)
{
    /// <summary>All that is there.</summary>
    public static CudaBackendOptions Default { get; } = new();
}
