using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>Residual block of the SDXL UNet: two convolutions, with the timestep embedding added between them.</summary>
/// <remarks>Source: <c>ResBlock</c> in sgm/modules/diffusionmodules/openaimodel.py (SUPIR @ bda91af);
/// He et al. 2015, "Deep Residual Learning for Image Recognition", arXiv:1512.03385.</remarks>
public sealed class ResnetBlock
{
    private readonly GroupNorm _norm1;
    private readonly Conv2d _conv1;
    private readonly Linear _embeddingProjection;
    private readonly GroupNorm _norm2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _shortcut;

    /// <summary>Reads <c>in_layers</c>, <c>emb_layers</c>, <c>out_layers</c> and, where the width changes, <c>skip_connection</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ResnetBlock(WeightReader weights, int inChannels, int outChannels, int embeddingChannels)
    {
        // The numbers are positions in sgm's nn.Sequential lists.
        _norm1 = new GroupNorm(weights.Under("in_layers.0"), inChannels, GroupNorm.UNetEpsilon);
        _conv1 = new Conv2d(weights.Under("in_layers.2"), inChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _embeddingProjection = new Linear(weights.Under("emb_layers.1"), embeddingChannels, outChannels);
        _norm2 = new GroupNorm(weights.Under("out_layers.0"), outChannels, GroupNorm.UNetEpsilon);
        _conv2 = new Conv2d(weights.Under("out_layers.3"), outChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _shortcut = inChannels == outChannels
            ? null
            : new Conv2d(weights.Under("skip_connection"), inChannels, outChannels, kernelSize: 1, Conv2dOptions.Pointwise);
    }

    /// <summary>Describes the block: [N, H, W, in] → [N, H, W, out].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">[N, H, W, in].</param>
    /// <param name="embedding">What <see cref="TimestepEmbedding"/> gives, after its SiLU: [N, 1, 1, embedding].</param>
    public Value Forward(Graph g, Value x, Value embedding)
    {
        Value h = _conv1.Forward(g, g.Silu(_norm1.Forward(g, x)));
        Value shift = _embeddingProjection.Forward(g, embedding); // [N, 1, 1, out]
        h = g.Add(h, shift);
        h = _conv2.Forward(g, g.Silu(_norm2.Forward(g, h)));

        Value shortcut = _shortcut?.Forward(g, x) ?? x;
        return g.Add(h, shortcut);
    }
}
