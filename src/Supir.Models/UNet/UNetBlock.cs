using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>A residual block and, on levels with attention, the spatial transformer after it.</summary>
/// <remarks>Source: a <c>TimestepEmbedSequential</c> of sgm/modules/diffusionmodules/openaimodel.py without its change of size
/// (SUPIR @ bda91af).</remarks>
public sealed class UNetBlock
{
    private readonly ResnetBlock _resnet;
    private readonly SpatialTransformer? _transformer;

    /// <summary>Reads <c>0</c>, the residual block, and <c>1</c>, the transformer.</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="config">The network's sizes.</param>
    /// <param name="inChannels">Channels of the source.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="transformerDepth">Blocks of the transformer; 0 for none.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public UNetBlock(WeightReader weights, UNetConfig config, int inChannels, int outChannels, int transformerDepth)
    {
        _resnet = new ResnetBlock(weights.Under("0"), inChannels, outChannels, config.TimeEmbeddingChannels);
        _transformer = transformerDepth == 0
            ? null
            : new SpatialTransformer(weights.Under("1"), outChannels, config.ContextChannels, config.HeadChannels, transformerDepth);
    }

    /// <summary>Describes the block: [N, H, W, in] → [N, H, W, out].</summary>
    public Value Forward(Graph g, Value x, Value embedding, Value context)
    {
        Value h = _resnet.Forward(g, x, embedding);
        return _transformer?.Forward(g, h, context) ?? h;
    }
}
