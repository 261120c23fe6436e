using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Products of a single row with weights in 4 or 8 bits: launches of VectorProduct.cu, or of TokenProduct.cu where that fits.</summary>
internal static class VectorProduct
{
    private const int Block = 256;
    private const int RowsOfBlock = 16;
    private const int BlocksOfMultiprocessor = 3;
    private const int BytesOfLoad = 16;

    private static readonly KernelDefinition FourKernel = new("VectorProduct.cu", "vector_four");
    private static readonly KernelDefinition EightKernel = new("VectorProduct.cu", "vector_eight");
    private static readonly KernelDefinition WidenKernel = new("VectorProduct.cu", "widen_four");

    /// <summary>source · weights + bias + residual, for one row.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="device">The GPU.</param>
    /// <param name="source">The row.</param>
    /// <param name="norm">What the row is put through first.</param>
    /// <param name="key">The sizes of the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="residual">A row that is added, or none.</param>
    /// <param name="isGated">Whether the result is silu(a) · b over the halves a, b of the product.</param>
    /// <param name="result">The result.</param>
    public static KernelLaunch Multiply(
        KernelCache kernels, CudaDevice device, DeviceMatrix source, RowNorm norm, MatrixKey key, DeviceWeights weights, DeviceMatrix residual,
        bool isGated, DeviceMatrix result)
    {
        int rows = key.PaddedOutputs;
        (long, long, long) grid = (Math.Min((rows + RowsOfBlock - 1) / RowsOfBlock, (long)device.Multiprocessors * BlocksOfMultiprocessor), 1, 1);
        KernelVariant variant = LaunchGeometry.VariantFor(result.Type, source);
        if (key.IsFourBit)
        {
            return TokenProduct.Fits(device, variant)
                ? TokenProduct.Multiply(kernels, device, variant, source, norm, key, weights, residual, isGated, result)
                : new KernelLaunch(
                    kernels.Get(FourKernel, variant), grid, Block, key.Pieces * TokenProduct.PieceInputs * result.Type.SizeInBytes,
                    source.Pointer, norm.Gamma, norm.Epsilon, weights.Matrix, weights.Bias, residual.Pointer, result.Pointer,
                    key.Depth, key.Pieces, rows, isGated ? 1 : 0);
        }

        return new KernelLaunch(
            kernels.Get(EightKernel, key.Depth % BytesOfLoad == 0 ? variant : new KernelVariant(result.Type)), grid, Block, key.Depth * result.Type.SizeInBytes,
            source.Pointer, norm.Gamma, norm.Epsilon, weights.Matrix, weights.Scales, weights.Bias, residual.Pointer, result.Pointer,
            key.Depth, rows, isGated ? 1 : 0)
        {
            Overlaps = device.OverlapsKernels,
        };
    }

    /// <summary>Rows in 4 bits → the format of values.</summary>
    public static KernelLaunch Widen(KernelCache kernels, MatrixKey key, DeviceWeights weights, nint destination, DType type) =>
        new(kernels.Get(WidenKernel, new KernelVariant(type)),
            LaunchGeometry.Grid(Math.Min(int.MaxValue, (long)key.PaddedOutputs * key.Pieces * TokenProduct.PieceInputs / 8)), LaunchGeometry.Block, 0,
            weights.Matrix, destination, key.Depth, key.Pieces, key.PaddedOutputs);
}
