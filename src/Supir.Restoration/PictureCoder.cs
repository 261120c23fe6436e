using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models.Vae;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>The autoencoder at one size of picture: whole, or in bands.</summary>
internal sealed class PictureCoder
{
    private const string Denoising = "denoising encoder";
    private const string Encoding = "encoder";
    private const string Decoding = "decoder";

    private readonly IBackend _backend;
    private readonly PlanOptions _options;
    private readonly NetworkPlans _plans;
    private readonly ProgressMeter _meter;
    private readonly CancellationToken _cancellationToken;
    private readonly Autoencoder _vae;
    private readonly VaeConfig _config;
    private readonly Graph _denoiseEncoding;
    private readonly Graph _encoding;
    private readonly Graph _decoding;

    /// <summary>Describes both encoders and the decoder, so that their cost is known.</summary>
    public PictureCoder(
        Autoencoder vae, RestorationSettings settings, IBackend backend, NetworkPlans plans, WorkingSize size, VaeConfig config,
        ProgressMeter meter, CancellationToken cancellationToken)
    {
        _backend = backend;
        _plans = plans;
        _options = PlanOptions.In(settings.VaeDType);
        _meter = meter;
        Tiles = settings.TiledVae;
        _vae = vae;
        _config = config;
        _cancellationToken = cancellationToken;
        _denoiseEncoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: true);
        _encoding = vae.DescribeEncoding(1, size.Height, size.Width, denoise: false);
        _decoding = vae.DescribeDecoding(1, size.Height / config.Downsampling, size.Width / config.Downsampling);
    }

    /// <summary>The arithmetic of so many encodings and decodings.</summary>
    public double FlopsOf(int encodings, int decodings) => (encodings * GraphCost.Flops(_encoding)) + (decodings * GraphCost.Flops(_decoding));

    /// <summary>How the autoencoder works in bands, or <c>null</c> for the whole picture at once.</summary>
    public TiledVaeOptions? Tiles { get; set; }

    /// <summary>The networks as they run at once, by their names.</summary>
    public IReadOnlyDictionary<string, Graph> Graphs => new Dictionary<string, Graph> { [Denoising] = _denoiseEncoding, [Encoding] = _encoding, [Decoding] = _decoding };

    /// <summary>How they are compiled.</summary>
    public PlanOptions Options => _options;

    /// <summary>The memory of the larger of both ways, at once or in bands.</summary>
    public PlanNeed Need(TiledVaeOptions? tiles)
    {
        if (tiles is null)
        {
            return Largest(_encoding, _decoding);
        }

        Shape latent = _decoding.Inputs[Autoencoder.Latent].Shape;
        if (_backend is CpuBackend)
        {
            // Here the rows between bands are in the same memory as the bands.
            BandedAutoencoder bands = new(_vae, _config, _backend, _options, static (_, _) => { });
            Shape image = _encoding.Inputs[Autoencoder.Image].Shape;
            PlanNeed encoding = bands.NeedToEncode(image[1], image[2], tiles.EncoderTileSize);
            PlanNeed decoding = bands.NeedToDecode(latent[1], latent[2], tiles.DecoderTileSize);
            return encoding.TotalBytes > decoding.TotalBytes ? encoding : decoding;
        }

        return Largest([.. BandedAutoencoder.Bounds(_vae, _config, latent[1], latent[2], tiles.EncoderTileSize, tiles.DecoderTileSize)]);
    }

    /// <summary>The moments of a picture's latent, [H/8, W/8, 2 · latent].</summary>
    public float[] Encode(FloatImage image, bool denoise)
    {
        Graph graph = denoise ? _denoiseEncoding : _encoding;
        if (Tiles is not null)
        {
            return InBands(graph, bands => bands.Encode(image.Pixels, image.Height, image.Width, denoise, Tiles.EncoderTileSize));
        }

        float[] moments = new float[graph.Outputs[Autoencoder.Moments].Shape.ElementCount];
        using NetworkPlans.Lease encoder = _plans.Open(_backend, denoise ? Denoising : Encoding, graph, _options);
        encoder.Plan.SetInput(Autoencoder.Image, image.Pixels);
        Run(encoder.Plan, graph);
        encoder.Plan.GetOutput(Autoencoder.Moments, moments);
        return moments;
    }

    /// <summary>The picture of a latent without scale factor, [H/8, W/8, latent].</summary>
    public FloatImage Decode(float[] latent)
    {
        Shape shape = _decoding.Outputs[Autoencoder.Image].Shape;
        if (Tiles is not null)
        {
            Shape places = _decoding.Inputs[Autoencoder.Latent].Shape;
            return new FloatImage(shape[2], shape[1], InBands(_decoding, bands => bands.Decode(latent, places[1], places[2], Tiles.DecoderTileSize)));
        }

        FloatImage image = new(shape[2], shape[1]);
        using NetworkPlans.Lease decoder = _plans.Open(_backend, Decoding, _decoding, _options);
        decoder.Plan.SetInput(Autoencoder.Latent, latent);
        Run(decoder.Plan, _decoding);
        decoder.Plan.GetOutput(Autoencoder.Image, image.Pixels);
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

    private PlanNeed Largest(params ReadOnlySpan<Graph> graphs)
    {
        PlanNeed largest = default;
        foreach (Graph graph in graphs)
        {
            PlanNeed need = _backend.Measure(graph, _options);
            largest = need.TotalBytes > largest.TotalBytes ? need : largest;
        }

        return largest;
    }

    private void Run(IPlan plan, Graph graph)
    {
        double flops = GraphCost.Flops(graph);
        plan.Run(_meter.Within(flops), _cancellationToken);
        _meter.Advance(flops);
    }
}
