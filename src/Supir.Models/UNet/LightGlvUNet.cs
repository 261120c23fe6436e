using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.UNet;

/// <summary>SDXL's UNet, which predicts the noise in a latent, steered by the features of the control network.</summary>
/// <remarks>Source: <c>LightGLVUNet</c> in SUPIR/modules/SUPIR_v0.py (SUPIR @ bda91af); Yu et al. 2024, arXiv:2401.13627;
/// Podell et al. 2023, "SDXL", arXiv:2307.01952.</remarks>
public sealed class LightGlvUNet
{
    private readonly TimestepEmbedding _embedding;
    private readonly UNetEncoder _encoder;
    private readonly ControlledDecoder _decoder;
    private readonly GroupNorm _lastNorm;
    private readonly Conv2d _last;

    /// <summary>Reads all weights of the network.</summary>
    /// <param name="weights">Where they lie: <c>model.diffusion_model</c>.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public LightGlvUNet(WeightReader weights, UNetConfig config)
    {
        _embedding = new TimestepEmbedding(weights, config);
        _encoder = new UNetEncoder(weights, config);
        _decoder = new ControlledDecoder(weights, config, _encoder.FeatureChannels);
        _lastNorm = new GroupNorm(weights.Under("out.0"), config.ModelChannels, GroupNorm.UNetEpsilon);
        _last = new Conv2d(weights.Under("out.2"), config.ModelChannels, config.OutChannels, kernelSize: 3, Conv2dOptions.SameSize);
    }

    /// <summary>Describes the network.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The noisy latent, scaled to unit variance: [N, H, W, in]; H and W are multiples of 4 where there are three levels.</param>
    /// <param name="timestep">0 to 999: [N, 1, 1, 1].</param>
    /// <param name="context">The text: [N, tokens, 1, context].</param>
    /// <param name="vector">The pooled text and the sizes: [N, 1, 1, vector].</param>
    /// <param name="control">The control network's features, finest first.</param>
    /// <param name="scale">How much of the control there is, 0 for none: [1, 1, 1, 1].</param>
    /// <returns>The predicted noise: [N, H, W, out].</returns>
    public Value Forward(
        Graph g, Value x, Value timestep, Value context, Value vector, IReadOnlyList<Value> control, Value scale)
    {
        Value embedding = _embedding.Forward(g, timestep, vector);
        IReadOnlyList<Value> features = _encoder.Forward(g, x, embedding, context);
        Value h = _decoder.Forward(g, features, control, embedding, context, scale);
        return _last.Forward(g, g.Silu(_lastNorm.Forward(g, h)));
    }
}
