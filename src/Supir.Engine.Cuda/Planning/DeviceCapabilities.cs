using Supir.Engine.Cuda.Kernels;

namespace Supir.Engine.Cuda.Planning;

/// <summary>What a plan may count on, and what is asked of it.</summary>
/// <param name="Type">The number format of values.</param>
/// <param name="Architecture">The GPU's compute capability without its dot.</param>
/// <param name="HasCudnn">Whether cuDNN computes convolutions.</param>
internal sealed record DeviceCapabilities(DType Type, int Architecture, bool HasCudnn)
{
    /// <summary>How the weights of large products are kept.</summary>
    public WeightPrecision Weights { get; init; }

    /// <summary>The smallest matrix that is kept in 8 bits.</summary>
    public long LeastEightBitElements { get; init; } = CudaBackendOptions.UsualLeastEightBitElements;

    /// <summary>The most bytes of weights that stay on the GPU, or <c>null</c> for all that every step uses.</summary>
    public long? ResidentWeightBytes { get; init; }

    /// <summary>Whether the GPU multiplies 8-bit floats and the values' format is one that the products' results can have.</summary>
    public bool MultipliesFloat8 => Architecture >= Float8.LeastArchitecture && Type != DType.Float32;
}
