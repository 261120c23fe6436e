using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Models.Layers;

/// <summary>Multi-head attention of the positions of one source to each other.</summary>
/// <remarks>Source: <c>CrossAttention</c> without a context in sgm/modules/attention.py (SUPIR @ bda91af);
/// Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762.</remarks>
public sealed class SelfAttention
{
    private readonly int _heads;
    private readonly Linear _queryKeyValue;
    private readonly Linear _output;

    /// <summary>Reads <c>to_q</c>, <c>to_k</c>, <c>to_v</c> (one product) and <c>to_out.0</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public SelfAttention(WeightReader weights, int channels, int heads)
    {
        _heads = heads;
        _queryKeyValue = new Linear(
            [weights.Under("to_q"), weights.Under("to_k"), weights.Under("to_v")], new Shape(channels, channels), hasBias: false);
        _output = new Linear(weights.Under("to_out.0"), channels, channels);
    }

    /// <summary>Describes the attention; the shape stays.</summary>
    public Value Forward(Graph g, Value x)
    {
        Value stacked = _queryKeyValue.Forward(g, x); // [N, H, W, 3 · channels]
        Value q = g.Slice(stacked, 0, x.Channels);
        Value k = g.Slice(stacked, x.Channels, x.Channels);
        Value v = g.Slice(stacked, 2 * x.Channels, x.Channels);
        return _output.Forward(g, g.Attention(q, k, v, _heads));
    }
}
