using Supir.Checkpoints;
using Supir.Engine.Graphs;

namespace Supir.Models.Layers;

/// <summary>The feed-forward part of a transformer block, gated by a GELU.</summary>
/// <remarks>Source: <c>FeedForward</c> with <c>GEGLU</c> in sgm/modules/attention.py (SUPIR @ bda91af);
/// Shazeer 2020, "GLU Variants Improve Transformer", arXiv:2002.05202.</remarks>
public sealed class GegluFeedForward
{
    /// <summary>Width of the hidden layer relative to the block's (<c>mult</c>).</summary>
    private const int Expansion = 4;

    private readonly Linear _expand;
    private readonly Linear _contract;

    /// <summary>Reads <c>net.0.proj</c> (value and gate in one) and <c>net.2</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public GegluFeedForward(WeightReader weights, int channels)
    {
        _expand = new Linear(weights.Under("net.0.proj"), channels, 2 * Expansion * channels);
        _contract = new Linear(weights.Under("net.2"), Expansion * channels, channels);
    }

    /// <summary>Describes both layers; the shape stays.</summary>
    public Value Forward(Graph g, Value x) => _contract.Forward(g, g.Geglu(_expand.Forward(g, x)));
}
