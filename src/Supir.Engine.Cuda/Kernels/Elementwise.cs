using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Elementwise.cu; the formulas stand there.</summary>
internal static class Elementwise
{
    private static readonly KernelDefinition CopyKernel = new("Elementwise.cu", "copy_columns");
    private static readonly KernelDefinition FunctionKernel = new("Elementwise.cu", "apply_function");
    private static readonly KernelDefinition AddKernel = new("Elementwise.cu", "add");
    private static readonly KernelDefinition GegluKernel = new("Elementwise.cu", "geglu");
    private static readonly KernelDefinition FinishKernel = new("Elementwise.cu", "finish_product");
    private static readonly KernelDefinition UpsampleKernel = new("Elementwise.cu", "upsample_nearest");

    /// <summary>The first columns of the result's rows are the source's, the rest zero.</summary>
    public static KernelLaunch Copy(KernelCache kernels, DeviceMatrix source, DeviceMatrix result, int rows) =>
        Launch(kernels, CopyKernel, rows, result, [source],
            source.Pointer, source.RowStride, result.Pointer, result.RowStride, rows, source.Channels, result.Channels);

    /// <summary>A function of every element.</summary>
    public static KernelLaunch Apply(KernelCache kernels, DeviceMatrix source, DeviceMatrix result, int rows, Activation function) =>
        Launch(kernels, FunctionKernel, rows, result, [source],
            source.Pointer, source.RowStride, result.Pointer, result.RowStride, rows, source.Channels, (int)function);

    /// <summary>first + second · scale; <paramref name="rowsPerSecond"/> rows of the first meet one of the second.</summary>
    public static KernelLaunch Add(
        KernelCache kernels, DeviceMatrix first, DeviceMatrix second, int rowsPerSecond, DeviceMatrix scale, DeviceMatrix result, int rows) =>
        Launch(kernels, AddKernel, rows, result, [first, second],
            first.Pointer, first.RowStride, second.Pointer, second.RowStride, rowsPerSecond, scale.Pointer, scale.Type == DType.Float32 ? 1 : 0,
            result.Pointer, result.RowStride, rows, result.Channels);

    /// <summary>a · gelu(b) + residual over the halves a, b of the source's rows.</summary>
    public static KernelLaunch Geglu(KernelCache kernels, DeviceMatrix source, DeviceMatrix residual, DeviceMatrix result, int rows) =>
        Launch(kernels, GegluKernel, rows, result, [source.Slice(source.Channels / 2, source.Channels / 2), residual],
            source.Pointer, source.RowStride, residual.Pointer, residual.RowStride, result.Pointer, result.RowStride, rows, result.Channels);

    /// <summary>f(source + the image's vector) + residual.</summary>
    public static KernelLaunch Finish(
        KernelCache kernels, DeviceMatrix source, DeviceMatrix vector, int positions, Activation function, DeviceMatrix residual, DeviceMatrix result, int rows) =>
        Launch(kernels, FinishKernel, rows, result, [source, vector, residual],
            source.Pointer, source.RowStride, vector.Pointer, vector.RowStride, positions, (int)function, residual.Pointer, residual.RowStride,
            result.Pointer, result.RowStride, rows, result.Channels);

    /// <summary>Doubles height and width by repeating.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="source">Rows of [N, height, width].</param>
    /// <param name="result">Rows of [N, 2 height, 2 width] without gaps.</param>
    /// <param name="height">The source's.</param>
    /// <param name="width">The source's.</param>
    /// <param name="rows">The result's.</param>
    public static KernelLaunch Upsample(KernelCache kernels, DeviceMatrix source, DeviceMatrix result, int height, int width, int rows) =>
        Launch(kernels, UpsampleKernel, rows, result, [source],
            source.Pointer, source.RowStride, result.Pointer, height, width, rows, result.Channels);

    private static KernelLaunch Launch(
        KernelCache kernels, KernelDefinition kernel, int rows, DeviceMatrix result, ReadOnlySpan<DeviceMatrix> operands, params ReadOnlySpan<KernelArgument> arguments)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(result.Type, [result, .. operands]);
        return new KernelLaunch(
            kernels.Get(kernel, variant), LaunchGeometry.Grid((long)rows * result.Channels / variant.Vector), LaunchGeometry.Block, 0, arguments);
    }
}
