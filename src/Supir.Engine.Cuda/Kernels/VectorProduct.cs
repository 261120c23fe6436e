using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of VectorProduct.cu: products of a single row with weights in 4 or 8 bits.</summary>
internal static class VectorProduct
{
    private const int Block = 128;
    private const int RowsOfBlock = 8;
    private const int BytesOfLoad = 16;

    private static readonly KernelDefinition FourKernel = new("VectorProduct.cu", "vector_four");
    private static readonly KernelDefinition EightKernel = new("VectorProduct.cu", "vector_eight");
    private static readonly KernelDefinition WidenKernel = new("VectorProduct.cu", "widen_four");

    /// <summary>source · weights + bias + residual, for one row.</summary>
    public static KernelLaunch Multiply(KernelCache kernels, DeviceMatrix source, MatrixKey key, DeviceWeights weights, DeviceMatrix residual, DeviceMatrix result)
    {
        int rows = key.PaddedOutputs;
        (long, long, long) grid = ((rows + RowsOfBlock - 1) / RowsOfBlock, 1, 1);
        KernelVariant variant = LaunchGeometry.VariantFor(result.Type, source);
        if (key.IsFourBit)
        {
            return new KernelLaunch(
                kernels.Get(FourKernel, variant), grid, Block, 0,
                source.Pointer, weights.Matrix, weights.Scales, weights.Bias, residual.Pointer, result.Pointer, key.Depth, key.Groups, rows);
        }

        return new KernelLaunch(
            kernels.Get(EightKernel, key.Depth % BytesOfLoad == 0 ? variant : new KernelVariant(result.Type)), grid, Block, 0,
            source.Pointer, weights.Matrix, weights.Scales, weights.Bias, residual.Pointer, result.Pointer, key.Depth, rows);
    }

    /// <summary>Rows in 4 bits → the format of values.</summary>
    public static KernelLaunch Widen(KernelCache kernels, MatrixKey key, DeviceWeights weights, nint destination, DType type) =>
        new(kernels.Get(WidenKernel, new KernelVariant(type)),
            LaunchGeometry.Grid(Math.Min(int.MaxValue, (long)key.PaddedOutputs * key.Groups * MatrixKey.WordsOfGroup)), LaunchGeometry.Block, 0,
            weights.Matrix, weights.Scales, destination, key.Depth, key.Groups, key.PaddedOutputs);
}
