using System.Collections.Concurrent;
using System.Numerics;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Language.cu; the formulas stand there.</summary>
internal static class Language
{
    private const int NormBlock = 512;
    private const int AttentionBlock = 512;
    private const int WarpThreads = 32;

    private static readonly KernelDefinition NormKernel = new("Language.cu", "rms_norm");
    private static readonly KernelDefinition SwigluKernel = new("Language.cu", "swiglu");
    private static readonly KernelDefinition RopeKernel = new("Language.cu", "rope");
    private static readonly KernelDefinition AppendKernel = new("Language.cu", "append_rows");
    private static readonly KernelDefinition AttentionKernel = new("Language.cu", "cached_attention");

    private static readonly ConcurrentDictionary<(int Half, float Theta), Weight> KnownFrequencies = new();

    /// <summary>The frequencies of a rotary embedding, which are brought to the GPU as weights are; rounded as torch rounds them.</summary>
    public static Weight Frequencies(RopeNode node) => KnownFrequencies.GetOrAdd((node.Source.Channels / node.Heads / 2, node.Theta), key =>
        Weight.FromFloats("frequencies", new Shape(key.Half), [.. Enumerable.Range(0, key.Half).Select(i => 1f / MathF.Pow(key.Theta, (float)i / key.Half))]));

    /// <summary>x / √(mean(x²) + ε) · γ for each row.</summary>
    public static KernelLaunch RmsNorm(KernelCache kernels, DeviceMatrix source, nint gamma, float epsilon, DeviceMatrix result, int rows) =>
        new(kernels.Get(NormKernel, LaunchGeometry.VariantFor(result.Type, source, result)), (rows, 1, 1), NormBlock, 0,
            source.Pointer, source.RowStride, gamma, epsilon, result.Pointer, result.RowStride, result.Channels);

    /// <summary>silu(a) · b over the halves of the source's rows.</summary>
    public static KernelLaunch Swiglu(KernelCache kernels, DeviceMatrix source, DeviceMatrix result, int rows)
    {
        KernelVariant variant = LaunchGeometry.VariantFor(result.Type, source.Slice(result.Channels, result.Channels), source.Slice(0, result.Channels), result);
        return new KernelLaunch(
            kernels.Get(SwigluKernel, variant), LaunchGeometry.Grid((long)rows * result.Channels / variant.Vector), LaunchGeometry.Block, 0,
            source.Pointer, source.RowStride, result.Pointer, result.RowStride, rows, result.Channels);
    }

    /// <summary>Rotary turning by the rows' places.</summary>
    public static KernelLaunch Rope(KernelCache kernels, DeviceMatrix source, DeviceMatrix place, nint frequencies, int heads, DeviceMatrix result, int rows) =>
        new(kernels.Get(RopeKernel, new KernelVariant(result.Type)), LaunchGeometry.Grid((long)rows * result.Channels / 2), LaunchGeometry.Block, 0,
            source.Pointer, source.RowStride, place.Pointer, IsSingle(place), frequencies, result.Pointer, result.RowStride, rows, heads, result.Channels / heads / 2);

    /// <summary>Rows into a state.</summary>
    public static KernelLaunch Append(KernelCache kernels, DeviceMatrix source, DeviceMatrix place, State state, nint memory, int rows) =>
        new(kernels.Get(AppendKernel, new KernelVariant(source.Type)), LaunchGeometry.Grid((long)rows * state.Channels), LaunchGeometry.Block, 0,
            source.Pointer, source.RowStride, place.Pointer, IsSingle(place), memory, state.Positions, rows, state.Heads, state.HeadChannels);

    /// <summary>Attention to the rows of states.</summary>
    public static KernelLaunch Attend(KernelCache kernels, DeviceMatrix query, nint keys, nint values, State state, DeviceMatrix place, DeviceMatrix result, int rows)
    {
        int widest = KernelVariant.WidestVector(result.Type);
        int perKey = state.HeadChannels / widest;
        bool fits = state.HeadChannels % widest == 0 && perKey <= WarpThreads && BitOperations.IsPow2(perKey);
        int lanes = fits ? perKey : WarpThreads;
        int sharedBytes = (state.Positions + state.HeadChannels + (AttentionBlock / lanes * state.HeadChannels)) * sizeof(float);
        return new KernelLaunch(
            kernels.Get(AttentionKernel, new KernelVariant(result.Type, fits ? widest : 1)), (state.Heads, rows, 1), AttentionBlock, sharedBytes,
            query.Pointer, query.RowStride, keys, values, place.Pointer, IsSingle(place), result.Pointer, result.RowStride,
            state.Positions, state.HeadChannels, lanes, 1f / MathF.Sqrt(state.HeadChannels));
    }

    private static int IsSingle(DeviceMatrix matrix) => matrix.Type == DType.Float32 ? 1 : 0;
}
