using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Convolution.cu: any convolution, and any matrix product as one of 1×1.</summary>
internal static class Convolution
{
    private const int Tile = 64;
    private const int Block = 256;

    private static readonly KernelDefinition Kernel = new("Convolution.cu", "convolve");

    /// <summary>Source ∗ weights + bias + residual.</summary>
    public static KernelLaunch Launch(
        KernelCache kernels, DeviceMatrix source, ConvolutionSizes sizes, nint weights, nint bias, DeviceMatrix residual, DeviceMatrix result)
    {
        int rows = sizes.Batch * sizes.ResultHeight * sizes.ResultWidth;
        int depth = sizes.KernelHeight * sizes.KernelWidth * source.Channels;
        return new KernelLaunch(
            kernels.Get(Kernel, new KernelVariant(result.Type)), ((rows + Tile - 1) / Tile, (result.Channels + Tile - 1) / Tile, 1), Block, 0,
            source.Pointer, source.RowStride, weights, bias, residual.Pointer, residual.RowStride, result.Pointer, result.RowStride,
            sizes.Height, sizes.Width, source.Channels, sizes.ResultHeight, sizes.ResultWidth, result.Channels, rows,
            sizes.KernelWidth, depth, sizes.Options.Stride, sizes.Options.PadTop, sizes.Options.PadLeft, sizes.Options.UpsampleNearest2x ? 1 : 0);
    }
}

/// <summary>What a convolution walks over.</summary>
internal readonly record struct ConvolutionSizes(
    int Batch, int Height, int Width, int ResultHeight, int ResultWidth, int KernelHeight, int KernelWidth, Conv2dOptions Options)
{
    /// <summary>A matrix product as a convolution of 1×1 over one column of rows.</summary>
    public static ConvolutionSizes OfRows(int rows) => new(1, rows, 1, rows, 1, 1, 1, Conv2dOptions.Pointwise);
}
