using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>Connector that lets a control feature scale and shift, place by place, what the decoder reads.</summary>
/// <remarks>"Zero" is how it began in training. Source: <c>ZeroSFT</c> in SUPIR/modules/SUPIR_v0.py (SUPIR @ bda91af);
/// Yu et al. 2024, arXiv:2401.13627, after Wang et al. 2018, "Recovering Realistic Texture … by Deep Spatial Feature Transform",
/// arXiv:1804.02815.</remarks>
public sealed class ZeroSft
{
    /// <summary>Width of the hidden layer between control feature and modulation (<c>nhidden</c>).</summary>
    private const int HiddenChannels = 128;

    private readonly GroupNorm _norm;
    private readonly Conv2d _hidden;
    private readonly Conv2d _modulation;
    private readonly Conv2d _addition;

    /// <summary>Reads <c>param_free_norm</c>, <c>mlp_shared.0</c>, <c>zero_mul</c> and <c>zero_add</c> (one product), <c>zero_conv</c>.</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="controlChannels">Channels of the control feature.</param>
    /// <param name="channels">Channels of the encoder's feature.</param>
    /// <param name="decoderChannels">Channels of the decoder's feature that is put in front; 0 for none.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ZeroSft(WeightReader weights, int controlChannels, int channels, int decoderChannels)
    {
        int width = decoderChannels + channels;
        _norm = new GroupNorm(weights.Under("param_free_norm"), width, GroupNorm.UNetEpsilon);
        _hidden = new Conv2d(weights.Under("mlp_shared.0"), controlChannels, HiddenChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _modulation = new Conv2d(
            [weights.Under("zero_mul"), weights.Under("zero_add")], HiddenChannels, width, kernelSize: 3, Conv2dOptions.SameSize);
        _addition = new Conv2d(weights.Under("zero_conv"), controlChannels, channels, kernelSize: 1, Conv2dOptions.Pointwise);
    }

    /// <summary>Describes the connector.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="control">The control feature: [N, H, W, control].</param>
    /// <param name="x">The encoder's feature: [N, H, W, channels].</param>
    /// <param name="decoded">The decoder's feature: [N, H, W, decoder], or <c>null</c> in the middle.</param>
    /// <param name="scale">How much of the control there is, 0 for none: [1, 1, 1, 1].</param>
    /// <returns>[N, H, W, decoder + channels].</returns>
    public Value Forward(Graph g, Value control, Value x, Value? decoded, Value scale)
    {
        Value steered = g.Add(x, _addition.Forward(g, control));
        Value modulation = _modulation.Forward(g, g.Silu(_hidden.Forward(g, control))); // [N, H, W, 2 · (decoder + channels)]

        Value raw = decoded is null ? x : g.Concat(decoded, x);
        Value h = decoded is null ? steered : g.Concat(decoded, steered);
        return g.ZeroSft(h, _norm.Gamma, _norm.Beta, GroupNorm.Groups, _norm.Epsilon, modulation, raw, scale);
    }
}
