using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Norms.cu; the formulas stand there.</summary>
internal static class Norms
{
    private const int SumsBlock = 320;
    private const int WarpsOfLayerNorm = 4;

    /// <summary>Chunks of an image that fill the GPU about twice, for one image.</summary>
    private const int MostChunks = 256;

    private const int LeastRowsOfChunk = 16;

    private static readonly KernelDefinition SumsKernel = new("Norms.cu", "group_sums");
    private static readonly KernelDefinition ApplyKernel = new("Norms.cu", "group_apply");
    private static readonly KernelDefinition ZeroSftKernel = new("Norms.cu", "zero_sft");
    private static readonly KernelDefinition LayerNormKernel = new("Norms.cu", "layer_norm");

    /// <summary>Rows that one block sums.</summary>
    public static int RowsOfChunk(int positions) => Math.Max(LeastRowsOfChunk, (positions + MostChunks - 1) / MostChunks);

    /// <summary>Blocks an image is summed by.</summary>
    public static int Chunks(int positions) => (positions + RowsOfChunk(positions) - 1) / RowsOfChunk(positions);

    /// <summary>Scale and shift of each image and channel.</summary>
    public static KernelLaunch Sums(
        KernelCache kernels, DeviceParts source, int images, int positions, int groups, float epsilon, nint gamma, nint beta, NormMemory memory)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(source.First.Type, source.First, source.Second);
        int rowsAtATime = Math.Max(1, SumsBlock / (source.Channels / variant.Vector));
        return new KernelLaunch(
            kernels.Get(SumsKernel, variant), (Chunks(positions), images, 1), SumsBlock, ((rowsAtATime * 2) + 1) * source.Channels * sizeof(float),
            source.First.Pointer, source.First.RowStride, source.First.Channels, source.Second.Pointer, source.Second.RowStride,
            positions, source.Channels, groups, RowsOfChunk(positions), epsilon, gamma, beta,
            memory.Partial, memory.Finished, memory.Scale, memory.Shift);
    }

    /// <summary>x · scale + shift, then a function; without memory a plain copy of both parts.</summary>
    public static KernelLaunch Apply(KernelCache kernels, DeviceParts source, NormMemory memory, Activation function, int positions, DeviceMatrix result, int rows)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(result.Type, source.First, source.Second, result);
        return new KernelLaunch(
            kernels.Get(ApplyKernel, variant), LaunchGeometry.Grid((long)rows * result.Channels / variant.Vector), LaunchGeometry.Block, 0,
            source.First.Pointer, source.First.RowStride, source.First.Channels, source.Second.Pointer, source.Second.RowStride,
            memory.Scale, memory.Shift, (int)function, positions, result.Pointer, result.RowStride, rows, result.Channels);
    }

    /// <summary>(norm(x) · (m + 1) + a) · s + raw · (1 − s).</summary>
    public static KernelLaunch ZeroSft(
        KernelCache kernels, DeviceParts source, NormMemory memory, DeviceMatrix modulation, DeviceParts raw, DeviceMatrix scale, int positions, DeviceMatrix result, int rows)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(
            result.Type, source.First, source.Second, raw.First, raw.Second, modulation.Slice(result.Channels, result.Channels), result);
        return new KernelLaunch(
            kernels.Get(ZeroSftKernel, variant), LaunchGeometry.Grid((long)rows * result.Channels / variant.Vector), LaunchGeometry.Block, 0,
            source.First.Pointer, source.First.RowStride, source.First.Channels, source.Second.Pointer, source.Second.RowStride, memory.Scale, memory.Shift,
            modulation.Pointer, modulation.RowStride, raw.First.Pointer, raw.First.RowStride, raw.Second.Pointer, raw.Second.RowStride,
            raw.First.Channels, scale.Pointer, scale.Type == DType.Float32 ? 1 : 0, positions, result.Pointer, result.RowStride, rows, result.Channels);
    }

    /// <summary>Each row to mean 0 and variance 1, then · γ + β.</summary>
    public static KernelLaunch LayerNorm(KernelCache kernels, DeviceMatrix source, nint gamma, nint beta, float epsilon, DeviceMatrix result, int rows) =>
        new(kernels.Get(LayerNormKernel, LaunchGeometry.VariantFor(result.Type, source, result)),
            ((rows + WarpsOfLayerNorm - 1) / WarpsOfLayerNorm, 1, 1), WarpsOfLayerNorm * 32, 0,
            source.Pointer, source.RowStride, gamma, beta, epsilon, result.Pointer, result.RowStride, rows, source.Channels);
}

/// <summary>Where a group normalisation keeps what it found.</summary>
/// <param name="Partial">(mean, squared deviations) of each image, chunk and group.</param>
/// <param name="Finished">A counter an image, zero between runs.</param>
/// <param name="Scale">[images, channels] singles.</param>
/// <param name="Shift">[images, channels] singles.</param>
internal readonly record struct NormMemory(nint Partial, nint Finished, nint Scale, nint Shift);
