using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Convolution.cu: any convolution, any matrix product as one of 1×1, and what makes a product of a convolution.</summary>
internal static class Convolution
{
    private const int Tile = 64;
    private const int Block = 256;

    private static readonly KernelDefinition Kernel = new("Convolution.cu", "convolve");
    private static readonly KernelDefinition GatherKernel = new("Convolution.cu", "gather_taps");

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

    /// <summary>Some rows of the result's places, each [tap][input channel].</summary>
    public static KernelLaunch Gather(KernelCache kernels, DeviceMatrix source, ConvolutionSizes sizes, int firstRow, int rows, DeviceMatrix result)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(source.Type, source);
        return new KernelLaunch(
            kernels.Get(GatherKernel, variant), LaunchGeometry.Grid((long)rows * result.Channels / variant.Vector), LaunchGeometry.Block, 0,
            source.Pointer, source.RowStride, result.Pointer, sizes.Height, sizes.Width, source.Channels, sizes.ResultHeight, sizes.ResultWidth,
            firstRow, rows, sizes.KernelWidth, sizes.KernelHeight * sizes.KernelWidth, sizes.Options.Stride, sizes.Options.PadTop,
            sizes.Options.PadLeft, sizes.Options.UpsampleNearest2x ? 1 : 0);
    }
}

/// <summary>What a convolution walks over.</summary>
internal readonly record struct ConvolutionSizes(
    int Batch, int Height, int Width, int ResultHeight, int ResultWidth, int KernelHeight, int KernelWidth, Conv2dOptions Options)
{
    /// <summary>A matrix product as a convolution of 1×1 over one column of rows.</summary>
    public static ConvolutionSizes OfRows(int rows) => new(1, rows, 1, rows, 1, 1, 1, Conv2dOptions.Pointwise);
}
