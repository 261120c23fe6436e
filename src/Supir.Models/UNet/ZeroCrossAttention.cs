using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>Connector by which the decoder attends to a control feature before it doubles in size.</summary>
/// <remarks>Source: <c>ZeroCrossAttn</c> in SUPIR/modules/SUPIR_v0.py (SUPIR @ bda91af).</remarks>
public sealed class ZeroCrossAttention
{
    /// <summary>Width of a head; a feature narrower than that has one head.</summary>
    private const int HeadChannels = 64;

    private readonly GroupNorm _norm;
    private readonly GroupNorm _controlNorm;
    private readonly CrossAttention _attention;

    /// <summary>Reads <c>norm1</c>, <c>norm2</c>, <c>attn</c>.</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="controlChannels">Channels of the control feature.</param>
    /// <param name="channels">Channels of the decoder's feature.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ZeroCrossAttention(WeightReader weights, int controlChannels, int channels)
    {
        _norm = new GroupNorm(weights.Under("norm1"), channels, GroupNorm.UNetEpsilon);
        _controlNorm = new GroupNorm(weights.Under("norm2"), controlChannels, GroupNorm.UNetEpsilon);
        _attention = new CrossAttention(weights.Under("attn"), channels, controlChannels, Math.Max(1, channels / HeadChannels));
    }

    /// <summary>Describes the connector; the shape of <paramref name="x"/> stays.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="control">The control feature: [N, H, W, control].</param>
    /// <param name="x">The decoder's feature: [N, H, W, channels].</param>
    /// <param name="scale">How much of the control there is, 0 for none: [1, 1, 1, 1].</param>
    public Value Forward(Graph g, Value control, Value x, Value scale)
    {
        Value attended = _attention.Forward(g, _norm.Forward(g, x), _controlNorm.Forward(g, control));
        return g.AddScaled(x, attended, scale);
    }
}
