using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>The VAE: pictures to latents by either of two encoders, and latents to pictures.</summary>
/// <remarks>Latents are not scaled here: what the diffusion sees is the mean times <see cref="VaeConfig.ScaleFactor"/>, and that is
/// divided out before <see cref="Decode"/>. Source: <c>first_stage_model</c> and <c>denoise_encoder</c> in
/// SUPIR/models/SUPIR_model.py, <c>AutoencoderKLInferenceWrapper</c> in sgm/models/autoencoder.py (SUPIR @ bda91af);
/// Rombach et al. 2021, "High-Resolution Image Synthesis with Latent Diffusion Models", arXiv:2112.10752.</remarks>
public sealed class Autoencoder
{
    /// <summary>The input of a graph that encodes: [N, H, W, 3], RGB in [-1, 1].</summary>
    public const string Image = "image";

    /// <summary>The output of a graph that encodes: mean, then logarithm of the variance, [N, H/8, W/8, 2 · latent].</summary>
    public const string Moments = "moments";

    /// <summary>The input of a graph that decodes: [N, H, W, latent], without the scale factor.</summary>
    public const string Latent = "latent";

    private readonly VaeConfig _config;
    private readonly Encoder _encoder;
    private readonly Encoder _denoiseEncoder;
    private readonly Conv2d _toMoments;
    private readonly Conv2d _fromLatent;
    private readonly Decoder _decoder;

    /// <summary>Reads <c>encoder</c>, <c>denoise_encoder</c>, <c>quant_conv</c>, <c>post_quant_conv</c> and <c>decoder</c>.</summary>
    /// <param name="weights">The reader of the whole checkpoint; the names lie under <c>first_stage_model</c>.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Autoencoder(WeightReader weights, VaeConfig config)
    {
        WeightReader own = weights.Under("first_stage_model");
        _config = config;
        _encoder = new Encoder(own.Under("encoder"), config);
        _denoiseEncoder = new Encoder(own.Under("denoise_encoder"), config);
        _toMoments = new Conv2d(
            own.Under("quant_conv"), 2 * config.LatentChannels, 2 * config.EmbedChannels, kernelSize: 1, Conv2dOptions.Pointwise);
        _fromLatent = new Conv2d(
            own.Under("post_quant_conv"), config.EmbedChannels, config.LatentChannels, kernelSize: 1, Conv2dOptions.Pointwise);
        _decoder = new Decoder(own.Under("decoder"), config);
    }

    /// <summary>The moments of a clean picture: [N, H, W, 3] → [N, H/8, W/8, 2 · latent].</summary>
    public Value Encode(Graph g, Value image) => _toMoments.Forward(g, _encoder.Forward(g, image));

    /// <summary>The moments of a degraded picture, by the encoder that was trained to ignore degradation; shapes as for <see cref="Encode"/>.</summary>
    public Value DenoiseEncode(Graph g, Value image) => _toMoments.Forward(g, _denoiseEncoder.Forward(g, image));

    /// <summary>The picture of a latent without scale factor: [N, H, W, latent] → [N, 8 H, 8 W, 3].</summary>
    public Value Decode(Graph g, Value latent) => _decoder.Forward(g, _fromLatent.Forward(g, latent));

    /// <summary>The encoder of clean pictures, or that of degraded ones.</summary>
    internal Encoder EncoderFor(bool denoise) => denoise ? _denoiseEncoder : _encoder;

    /// <summary>The decoder.</summary>
    internal Decoder Decoder => _decoder;

    /// <summary>What comes behind an encoder's levels, as a graph from <see cref="Image"/> to <see cref="Moments"/>.</summary>
    internal Graph DescribeEncodingMiddle(int height, int width, int channels, bool denoise)
    {
        Graph g = new();
        Value rows = g.Input(Image, new Shape(1, height, width, channels));
        g.Output(Moments, _toMoments.Forward(g, EncoderFor(denoise).ForwardMiddle(g, rows)));
        return g;
    }

    /// <summary>What comes before the decoder's levels, as a graph from <see cref="Latent"/> to <see cref="Image"/>.</summary>
    internal Graph DescribeDecodingMiddle(int height, int width)
    {
        Graph g = new();
        Value latent = g.Input(Latent, new Shape(1, height, width, _config.EmbedChannels));
        g.Output(Image, _decoder.ForwardMiddle(g, _fromLatent.Forward(g, latent)));
        return g;
    }

    /// <summary>A graph from <see cref="Image"/> to <see cref="Moments"/>.</summary>
    /// <param name="batch">Pictures.</param>
    /// <param name="height">Rows of pixels, a multiple of <see cref="VaeConfig.Downsampling"/>.</param>
    /// <param name="width">Columns of pixels, likewise.</param>
    /// <param name="denoise">Whether the picture is degraded: <see cref="DenoiseEncode"/> instead of <see cref="Encode"/>.</param>
    public Graph DescribeEncoding(int batch, int height, int width, bool denoise)
    {
        Graph g = new();
        Value image = g.Input(Image, new Shape(batch, height, width, _config.InChannels));
        g.Output(Moments, denoise ? DenoiseEncode(g, image) : Encode(g, image));
        return g;
    }

    /// <summary>A graph from <see cref="Latent"/> to <see cref="Image"/>.</summary>
    /// <param name="batch">Latents.</param>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Columns of the latent.</param>
    public Graph DescribeDecoding(int batch, int height, int width)
    {
        Graph g = new();
        Value latent = g.Input(Latent, new Shape(batch, height, width, _config.EmbedChannels));
        g.Output(Image, Decode(g, latent));
        return g;
    }
}
