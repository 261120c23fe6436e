using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;
using Supir.Models.UNet;

namespace Supir.Models.Control;

/// <summary>The control network: a trimmed copy of the UNet's encoder that sees the low-quality latent beside the noisy one.</summary>
/// <remarks>Source: <c>GLVControl</c> in SUPIR/modules/SUPIR_v0.py (SUPIR @ bda91af); Yu et al. 2024, arXiv:2401.13627.</remarks>
public sealed class GlvControl
{
    private readonly TimestepEmbedding _embedding;
    private readonly Conv2d _hint;
    private readonly UNetEncoder _encoder;

    /// <summary>Reads all weights of the network.</summary>
    /// <param name="weights">Where they lie: <c>model.control_model</c>.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public GlvControl(WeightReader weights, UNetConfig config)
    {
        _embedding = new TimestepEmbedding(weights, config);
        _hint = new Conv2d(
            weights.Under("input_hint_block.0"), config.InChannels, config.ModelChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _encoder = new UNetEncoder(weights, config);
    }

    /// <summary>Describes the network.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The noisy latent, scaled to unit variance: [N, H, W, in].</param>
    /// <param name="timestep">0 to 999: [N, 1, 1, 1].</param>
    /// <param name="context">The text: [N, tokens, 1, context].</param>
    /// <param name="vector">The pooled text and the sizes: [N, 1, 1, vector].</param>
    /// <param name="lowQuality">The latent of the picture to be restored: [N, H, W, in]; once a run.</param>
    /// <returns>The control features, finest first, the middle last; ten for SDXL's sizes.</returns>
    public IReadOnlyList<Value> Forward(Graph g, Value x, Value timestep, Value context, Value vector, Value lowQuality)
    {
        Value embedding = _embedding.Forward(g, timestep, vector);
        return _encoder.Forward(g, x, embedding, context, _hint.Forward(g, lowQuality));
    }
}
