using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Weights;

/// <summary>One stored tensor to be brought to the GPU.</summary>
/// <param name="Source">The tensor.</param>
/// <param name="Sizes">The tensor as rows of output channels.</param>
/// <param name="Destination">Its first row on the GPU.</param>
/// <param name="Type">The format of its elements there.</param>
/// <param name="Scales">Where the rows' scales belong, or 0 for none.</param>
internal sealed record WeightJob(Weight Source, WeightSizes Sizes, nint Destination, DType Type, nint Scales)
{
    /// <summary>Where the elements become 4 bits, the tensor's first row in the whole matrix, at which <see cref="Destination"/> then points.</summary>
    public int? FirstFourBitRow { get; init; }
}
