using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Vae;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>The autoencoder at one size of picture: whole, or in bands.</summary>
internal sealed class PictureCoder
{
    private readonly IBackend _backend;
    private readonly PlanOptions _options;
    private readonly ProgressMeter _meter;
    private readonly CancellationToken _cancellationToken;
    private readonly TiledVaeOptions? _tiles;
    private readonly Autoencoder _vae;
    private readonly VaeConfig _config;
    private readonly Graph _denoiseEncoding;
    private readonly Graph _encoding;
    private readonly Graph _decoding;

    /// <summary>Describes both encoders and the decoder, so that their cost is known.</summary>
    public PictureCoder(
        Autoencoder vae, RestorationSettings settings, IBackend backend, WorkingSize size, VaeConfig config, ProgressMeter meter, CancellationToken cancellationToken)
    {
        _backend = backend;
        _options = PlanOptions.In(settings.VaeDType);
        _meter = meter;
        _tiles = settings.TiledVae;
        _vae = vae;
        _config = config;
        _cancellationToken = cancellationToken;
        _denoiseEncoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: true);
        _encoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: false);
        _decoding = vae.DescribeDecoding(1, size.Height / config.Downsampling, size.Width / config.Downsampling);
    }

    /// <summary>The arithmetic of so many encodings and decodings.</summary>
    public double FlopsOf(int encodings, int decodings) => (encodings * GraphCost.Flops(_encoding)) + (decodings * GraphCost.Flops(_decoding));

    /// <summary>The memory of the larger of both ways; in bands it is less, which the whole need bounds.</summary>
    public PlanNeed Need()
    {
        PlanNeed encoding = _backend.Measure(_encoding, _options);
        PlanNeed decoding = _backend.Measure(_decoding, _options);
        return encoding.TotalBytes > decoding.TotalBytes ? encoding : decoding;
    }

    /// <summary>The moments of a picture's latent, [H/8, W/8, 2 · latent].</summary>
    public float[] Encode(FloatImage image, bool denoise)
    {
        Graph graph = denoise ? _denoiseEncoding : _encoding;
        if (_tiles is not null)
        {
            return InBands(graph, bands => bands.Encode(image.Pixels, image.Height, image.Width, denoise, _tiles.EncoderTileSize));
        }

        float[] moments = new float[graph.Outputs[Autoencoder.Moments].Shape.ElementCount];
        using IPlan plan = _backend.Compile(graph, _options);
        plan.SetInput(Autoencoder.Image, image.Pixels);
        Run(plan, graph);
        plan.GetOutput(Autoencoder.Moments, moments);
        return moments;
    }

    /// <summary>The picture of a latent without scale factor, [H/8, W/8, latent].</summary>
    public FloatImage Decode(float[] latent)
    {
        Shape shape = _decoding.Outputs[Autoencoder.Image].Shape;
        if (_tiles is not null)
        {
            Shape places = _decoding.Inputs[Autoencoder.Latent].Shape;
            return new FloatImage(shape[2], shape[1], InBands(_decoding, bands => bands.Decode(latent, places[1], places[2], _tiles.DecoderTileSize)));
        }

        FloatImage image = new(shape[2], shape[1]);
        using IPlan plan = _backend.Compile(_decoding, _options);
        plan.SetInput(Autoencoder.Latent, latent);
        Run(plan, _decoding);
        plan.GetOutput(Autoencoder.Image, image.Pixels);
        return image;
    }

    /// <summary>Bands take more arithmetic than the whole graph: what is told of it never is.</summary>
    private float[] InBands(Graph whole, Func<BandedAutoencoder, float[]> work)
    {
        double left = GraphCost.Flops(whole);
        BandedAutoencoder bands = new(_vae, _config, _backend, _options, (plan, graph) =>
        {
            plan.Run(null, _cancellationToken);
            double told = Math.Min(left, GraphCost.Flops(graph) / BandedAutoencoder.CostFactor);
            left -= told;
            _meter.Advance(told);
        });
        float[] result = work(bands);
        _meter.Advance(left);
        return result;
    }

    private void Run(IPlan plan, Graph graph)
    {
        double flops = GraphCost.Flops(graph);
        plan.Run(_meter.Within(flops), _cancellationToken);
        _meter.Advance(flops);
    }
}
