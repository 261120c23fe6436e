using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Text.cu; the formulas stand there.</summary>
internal static class Text
{
    private static readonly KernelDefinition GatherKernel = new("Text.cu", "gather");
    private static readonly KernelDefinition SelectKernel = new("Text.cu", "select_row");
    private static readonly KernelDefinition TimestepKernel = new("Text.cu", "timestep_embedding");

    /// <summary>Rows of a table by id, plus a row for each place.</summary>
    public static KernelLaunch Gather(KernelCache kernels, DeviceMatrix ids, nint table, int tableRows, nint positions, int length, DeviceMatrix result, int rows) =>
        Launch(kernels, GatherKernel, result, (long)rows * result.Channels,
            ids.Pointer, IsSingle(ids), table, tableRows, positions, length, result.Pointer, rows, result.Channels);

    /// <summary>One row of each image, by index.</summary>
    public static KernelLaunch SelectRow(KernelCache kernels, DeviceMatrix source, DeviceMatrix index, int length, DeviceMatrix result, int images) =>
        Launch(kernels, SelectKernel, result, (long)images * result.Channels,
            source.Pointer, source.RowStride, index.Pointer, IsSingle(index), length, result.Pointer, images, result.Channels);

    /// <summary>Cosines, then sines, of each number at falling frequencies.</summary>
    public static KernelLaunch TimestepEmbedding(KernelCache kernels, DeviceMatrix timesteps, DeviceMatrix result, int count, int channels) =>
        Launch(kernels, TimestepKernel, result, (long)count * channels / 2,
            timesteps.Pointer, IsSingle(timesteps), result.Pointer, count, channels);

    private static int IsSingle(DeviceMatrix matrix) => matrix.Type == DType.Float32 ? 1 : 0;

    private static KernelLaunch Launch(KernelCache kernels, KernelDefinition kernel, DeviceMatrix result, long items, params ReadOnlySpan<KernelArgument> arguments) =>
        new(kernels.Get(kernel, new KernelVariant(result.Type)), LaunchGeometry.Grid(items), LaunchGeometry.Block, 0, arguments);
}
