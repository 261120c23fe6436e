using Supir.Checkpoints;
using Supir.Engine.Graphs;

namespace Supir.Models.Layers;

/// <summary>Self-attention, cross-attention to the text and a gated feed-forward part, each behind a norm and around a shortcut.</summary>
/// <remarks>Source: <c>BasicTransformerBlock</c> in sgm/modules/attention.py (SUPIR @ bda91af).</remarks>
public sealed class TransformerBlock
{
    private readonly LayerNorm _norm1;
    private readonly SelfAttention _selfAttention;
    private readonly LayerNorm _norm2;
    private readonly CrossAttention _crossAttention;
    private readonly LayerNorm _norm3;
    private readonly GegluFeedForward _feedForward;

    /// <summary>Reads <c>norm1</c>, <c>attn1</c>, <c>norm2</c>, <c>attn2</c>, <c>norm3</c>, <c>ff</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public TransformerBlock(WeightReader weights, int channels, int contextChannels, int heads)
    {
        _norm1 = new LayerNorm(weights.Under("norm1"), channels);
        _selfAttention = new SelfAttention(weights.Under("attn1"), channels, heads);
        _norm2 = new LayerNorm(weights.Under("norm2"), channels);
        _crossAttention = new CrossAttention(weights.Under("attn2"), channels, contextChannels, heads);
        _norm3 = new LayerNorm(weights.Under("norm3"), channels);
        _feedForward = new GegluFeedForward(weights.Under("ff"), channels);
    }

    /// <summary>Describes the block; the shape stays. The context is [N, tokens, 1, context channels].</summary>
    public Value Forward(Graph g, Value x, Value context)
    {
        Value h = g.Add(_selfAttention.Forward(g, _norm1.Forward(g, x)), x);
        h = g.Add(_crossAttention.Forward(g, _norm2.Forward(g, h), context), h);
        return g.Add(_feedForward.Forward(g, _norm3.Forward(g, h)), h);
    }
}
