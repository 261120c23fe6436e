using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>Attention of all positions of an image to each other with a single head, around a shortcut.</summary>
/// <remarks>Source: <c>AttnBlock</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af).</remarks>
public sealed class AttentionBlock
{
    private readonly GroupNorm _norm;
    private readonly Linear _queryKeyValue;
    private readonly Linear _output;

    /// <summary>Reads <c>norm</c>, the 1×1 kernels <c>q</c>, <c>k</c>, <c>v</c> (one product) and <c>proj_out</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public AttentionBlock(WeightReader weights, int channels)
    {
        Shape kernel = new(channels, channels, 1, 1);
        _norm = new GroupNorm(weights.Under("norm"), channels, GroupNorm.VaeEpsilon);
        _queryKeyValue = new Linear([weights.Under("q"), weights.Under("k"), weights.Under("v")], kernel);
        _output = new Linear([weights.Under("proj_out")], kernel);
    }

    /// <summary>Describes the block; the shape stays.</summary>
    public Value Forward(Graph g, Value x)
    {
        Value stacked = _queryKeyValue.Forward(g, _norm.Forward(g, x)); // [N, H, W, 3 · channels]
        Value q = g.Slice(stacked, 0, x.Channels);
        Value k = g.Slice(stacked, x.Channels, x.Channels);
        Value v = g.Slice(stacked, 2 * x.Channels, x.Channels);
        return g.Add(_output.Forward(g, g.Attention(q, k, v, heads: 1)), x);
    }
}
