using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Vae;
using Supir.Restoration.Imaging;

namespace Supir.Restoration;

/// <summary>The autoencoder at one size of picture: whole, or in bands.</summary>
internal sealed class PictureCoder
{
    private readonly IBackend _backend;
    private readonly ProgressMeter _meter;
    private readonly CancellationToken _cancellationToken;
    private readonly Graph _denoiseEncoding;
    private readonly Graph _encoding;
    private readonly Graph _decoding;

    /// <summary>Describes both encoders and the decoder, so that their cost is known.</summary>
    public PictureCoder(Autoencoder vae, IBackend backend, WorkingSize size, VaeConfig config, ProgressMeter meter, CancellationToken cancellationToken)
    {
        _backend = backend;
        _meter = meter;
        _cancellationToken = cancellationToken;
        _denoiseEncoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: true);
        _encoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: false);
        _decoding = vae.DescribeDecoding(1, size.Height / config.Downsampling, size.Width / config.Downsampling);
    }

    /// <summary>The arithmetic of so many encodings and decodings.</summary>
    public double FlopsOf(int encodings, int decodings) => (encodings * GraphCost.Flops(_encoding)) + (decodings * GraphCost.Flops(_decoding));

    /// <summary>The moments of a picture's latent, [H/8, W/8, 2 · latent].</summary>
    public float[] Encode(FloatImage image, bool denoise)
    {
        Graph graph = denoise ? _denoiseEncoding : _encoding;
        float[] moments = new float[graph.Outputs[Autoencoder.Moments].Shape.ElementCount];
        using IPlan plan = _backend.Compile(graph);
        plan.SetInput(Autoencoder.Image, image.Pixels);
        Run(plan, graph);
        plan.GetOutput(Autoencoder.Moments, moments);
        return moments;
    }

    /// <summary>The picture of a latent without scale factor, [H/8, W/8, latent].</summary>
    public FloatImage Decode(float[] latent)
    {
        Shape shape = _decoding.Outputs[Autoencoder.Image].Shape;
        FloatImage image = new(shape[2], shape[1]);
        using IPlan plan = _backend.Compile(_decoding);
        plan.SetInput(Autoencoder.Latent, latent);
        Run(plan, _decoding);
        plan.GetOutput(Autoencoder.Image, image.Pixels);
        return image;
    }

    private void Run(IPlan plan, Graph graph)
    {
        double flops = GraphCost.Flops(graph);
        plan.Run(_meter.Within(flops), _cancellationToken);
        _meter.Advance(flops);
    }
}
