using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Models.Layers;

/// <summary>Multi-head attention from the positions of one source to those of another, the context.</summary>
/// <remarks>Keys and values depend on the context alone: where that is text, a plan computes them once a run.
/// Source: <c>CrossAttention</c> in sgm/modules/attention.py (SUPIR @ bda91af).</remarks>
public sealed class CrossAttention
{
    private readonly int _channels;
    private readonly int _heads;
    private readonly Linear _query;
    private readonly Linear _keyValue;
    private readonly Linear _output;

    /// <summary>Reads <c>to_q</c>, then <c>to_k</c> and <c>to_v</c> (one product), and <c>to_out.0</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public CrossAttention(WeightReader weights, int channels, int contextChannels, int heads)
    {
        _channels = channels;
        _heads = heads;
        _query = new Linear(weights.Under("to_q"), channels, channels, hasBias: false);
        _keyValue = new Linear(
            [weights.Under("to_k"), weights.Under("to_v")], new Shape(channels, contextChannels), hasBias: false);
        _output = new Linear(weights.Under("to_out.0"), channels, channels);
    }

    /// <summary>Describes the attention: [N, H, W, channels] and [N, …, context channels] → [N, H, W, channels].</summary>
    public Value Forward(Graph g, Value x, Value context)
    {
        Value q = _query.Forward(g, x);
        Value stacked = _keyValue.Forward(g, context); // [N, …, 2 · channels]
        Value k = g.Slice(stacked, 0, _channels);
        Value v = g.Slice(stacked, _channels, _channels);
        return _output.Forward(g, g.Attention(q, k, v, _heads));
    }
}
