using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>What a step keeps in the arena while it runs, beside operands and result.</summary>
internal enum Temporary
{
    /// <summary>A product before its GEGLU.</summary>
    Ungated,

    /// <summary>A convolution's source with zeros after its channels.</summary>
    PaddedSource,

    /// <summary>A convolution's source doubled in height and width.</summary>
    DoubledSource,

    /// <summary>A convolution's result with channels nobody asked for.</summary>
    PaddedResult,

    /// <summary>Partial statistics of a group normalisation, or partial results of a token's attention.</summary>
    Partial,

    /// <summary>Scales, then shifts, of a group normalisation.</summary>
    Affine,

    /// <summary>Products of queries and keys in single precision.</summary>
    Scores,

    /// <summary>Their softmax.</summary>
    Weights,

    /// <summary>Rows of [tap][input channel] of a convolution that is computed by products, some at a time.</summary>
    Gathered,

    /// <summary>A product's weights, widened from 8 bits.</summary>
    WidenedWeights,
}

/// <summary>How much each step needs.</summary>
internal static class Temporaries
{
    /// <summary>Channels that the tensor cores' convolutions want a multiple of.</summary>
    private const int ChannelMultiple = 8;

    /// <summary>A number of channels as the library takes it.</summary>
    public static int Padded(int channels) => (channels + ChannelMultiple - 1) / ChannelMultiple * ChannelMultiple;

    /// <summary>Everything that a step needs, with its bytes.</summary>
    public static IEnumerable<(Temporary Kind, long Bytes)> Of(FusedStep step, DeviceCapabilities device)
    {
        long element = device.Type.SizeInBytes;
        if (step.IsGated)
        {
            yield return (Temporary.Ungated, (long)step.Result.Rows * 2 * step.Result.Channels * element);
        }

        switch (step.Node)
        {
            case CachedAttentionNode when step.Appended is AppendedRows appended:
                yield return (Temporary.Partial, TokenAttention.PartialBytes(appended.Keys.State));
                break;
            case Conv2dNode node when ConvolutionPaths.Choose(node, device) == ConvolutionPath.Library:
                long rows = node.Source.Rows;
                int channels = Padded(node.Source.Channels);
                if (channels != node.Source.Channels)
                {
                    yield return (Temporary.PaddedSource, rows * channels * element);
                }

                if (node.Options.UpsampleNearest2x)
                {
                    yield return (Temporary.DoubledSource, 4 * rows * channels * element);
                }

                int outputs = node.Weights.OutChannels;
                if (Padded(outputs) != outputs && !step.IsGated)
                {
                    yield return (Temporary.PaddedResult, (long)step.Result.Rows * Padded(outputs) * element);
                }

                break;
            case Conv2dNode node when ConvolutionPaths.Choose(node, device) == ConvolutionPath.Products:
                yield return (Temporary.Gathered, ConvolutionPaths.RowsAtATime(node, step.Result, device) * ConvolutionPaths.DepthOf(node) * element);
                break;
            case GroupNormNode norm:
                yield return (Temporary.Partial, PartialBytes(norm.Source, norm.Groups));
                yield return (Temporary.Affine, AffineBytes(norm.Source));
                break;
            case ZeroSftNode sft:
                yield return (Temporary.Partial, PartialBytes(sft.Source, sft.Groups));
                yield return (Temporary.Affine, AffineBytes(sft.Source));
                break;
            case AttentionNode attention when AttentionPaths.Choose(attention, device) == AttentionPath.Products:
                AttentionSizes sizes = AttentionPaths.SizesOf(attention);
                long scores = (long)sizes.Heads * AttentionPaths.QueriesAtATime(sizes) * sizes.Keys;
                yield return (Temporary.Scores, scores * sizeof(float));
                yield return (Temporary.Weights, scores * element);
                break;
        }
    }

    private static long PartialBytes(Value source, int groups) =>
        (long)source.Batch * Norms.Chunks(source.Positions) * groups * 2 * sizeof(float);

    private static long AffineBytes(Value source) => 2L * source.Batch * source.Channels * sizeof(float);
}
