using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Models.Layers;
using Supir.Models.Vae.Banded;

namespace Supir.Models.Vae;

/// <summary>The autoencoder in bands of rows: the same result as at once, with less memory.</summary>
/// <remarks>
/// A group normalisation needs sums over the whole image, and attention the whole of the coarsest level: so bands cannot go through the
/// network one by one, as the reference's tiles do, with results that differ. Instead every convolution goes over the whole image in bands,
/// before the next one starts. Between convolutions the image lies in main memory, where sums are taken as it is written. A device holds
/// one band and the weights of one convolution; main memory two images of the finest level at most (1 kB a pixel for SDXL; the whole
/// graph takes more than twice that). The convolution behind a doubling, whose result would be twice as large, is not stored but
/// computed three times: for the sums, for the first convolution of the next block, and for its shortcut.
/// The middle, at the latent's size, runs whole.
/// </remarks>
public sealed class BandedAutoencoder
{
    /// <summary>About how much more arithmetic bands take than the whole decoder.</summary>
    public const double CostFactor = 1.6;

    /// <summary>Fewer rows would mostly compute what the neighbours need.</summary>
    private const int LeastRows = 4;

    private readonly Autoencoder _vae;
    private readonly VaeConfig _config;
    private readonly IBackend _backend;
    private readonly PlanOptions _options;
    private readonly Action<IPlan, Graph> _run;
    private long _bandPixels;
    private MemoryTally? _tally;

    /// <summary>Works with the weights of an autoencoder.</summary>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="backend">What computes.</param>
    /// <param name="options">How plans are compiled.</param>
    /// <param name="run">Runs a plan: the place for progress and cancellation.</param>
    public BandedAutoencoder(Autoencoder vae, VaeConfig config, IBackend backend, PlanOptions options, Action<IPlan, Graph> run)
    {
        _vae = vae;
        _config = config;
        _backend = backend;
        _options = options;
        _run = run;
    }

    private delegate void BandReady(int first, ReadOnlySpan<float> rows);

    /// <summary>Graphs of which the largest takes at least as much memory as any band.</summary>
    /// <remarks>A band of a convolution takes less than the whole network does for a picture of a band's pixels; the middles run whole.</remarks>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Places of its rows.</param>
    /// <param name="encoderTileSize">As for <see cref="Encode"/>.</param>
    /// <param name="decoderTileSize">As for <see cref="Decode"/>.</param>
    public static IReadOnlyList<Graph> Bounds(Autoencoder vae, VaeConfig config, int height, int width, int encoderTileSize, int decoderTileSize)
    {
        Graph decoding = vae.DescribeDecodingMiddle(height, width);
        int side = Math.Max(1, encoderTileSize / config.Downsampling) * config.Downsampling;
        return
        [
            decoding,
            vae.DescribeEncodingMiddle(height, width, decoding.Outputs[Autoencoder.Image].Shape[3], denoise: true),
            vae.DescribeEncoding(1, side, side, denoise: true),
            vae.DescribeDecoding(1, decoderTileSize, decoderTileSize),
        ];
    }

    /// <summary>The moments of a picture's latent, [H/8, W/8, 2 · latent].</summary>
    /// <param name="image">[H, W, 3].</param>
    /// <param name="height">H, a multiple of <see cref="VaeConfig.Downsampling"/>.</param>
    /// <param name="width">W, likewise.</param>
    /// <param name="denoise">Whether the picture is degraded.</param>
    /// <param name="tileSize">The side, in pixels, of a square of which a band has as many pixels.</param>
    public float[] Encode(ReadOnlySpan<float> image, int height, int width, bool denoise, int tileSize)
    {
        _bandPixels = (long)tileSize * tileSize;
        Encoder encoder = _vae.EncoderFor(denoise);
        StoredRows x;
        using (StoredRows picture = Store(height, width, _config.InChannels))
        {
            WriteAll(picture, image);
            x = Convolve(picture, encoder.First, afterSilu: false);
        }

        foreach (Encoder.Level level in encoder.Levels)
        {
            foreach (ResnetBlock block in level.Blocks)
            {
                x = Replace(x, Forward(block, x, x.Sums));
            }

            x = level.Downsample is null ? x : Replace(x, Convolve(x, level.Downsample, afterSilu: false));
        }

        using (x)
        {
            Graph graph = _vae.DescribeEncodingMiddle(x.Height, x.Width, x.Channels, denoise);
            float[] moments = new float[graph.Outputs[Autoencoder.Moments].Shape.ElementCount];
            RunWhole(graph, Autoencoder.Image, x, Autoencoder.Moments, moments);
            return moments;
        }
    }

    /// <summary>The picture of a latent without scale factor, [8 H, 8 W, 3].</summary>
    /// <param name="latent">[H, W, latent].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="tileSize">The side, in places of the latent, of a square of which a band has as many pixels.</param>
    public float[] Decode(ReadOnlySpan<float> latent, int height, int width, int tileSize)
    {
        _bandPixels = (long)tileSize * tileSize * _config.Downsampling * _config.Downsampling;
        Decoder decoder = _vae.Decoder;
        StoredRows x = DecodeMiddle(latent, height, width);
        Conv2d? doubling = null;
        foreach (Decoder.Level level in decoder.Levels)
        {
            foreach (ResnetBlock block in level.Blocks)
            {
                x = Replace(x, doubling is null ? Forward(block, x, x.Sums) : ForwardDoubled(block, x, doubling));
                doubling = null;
            }

            doubling = level.Upsample;
        }

        using StoredRows image = Replace(x, Convolve(new NormalizedRows(x, x.Sums, decoder.LastNorm), decoder.Last, afterSilu: true));
        if (_tally is not null)
        {
            return [];
        }

        float[] pixels = new float[image.Height * image.Width * image.Channels];
        image.Read(0, pixels);
        return pixels;
    }

    /// <summary>The memory that <see cref="Encode"/> will take.</summary>
    public PlanNeed NeedToEncode(int height, int width, int tileSize) => Tally(() => Encode([], height, width, denoise: false, tileSize));

    /// <summary>The memory that <see cref="Decode"/> will take.</summary>
    public PlanNeed NeedToDecode(int height, int width, int tileSize) => Tally(() => Decode([], height, width, tileSize));

    /// <summary>Goes the same way with all memory only counted and nothing computed.</summary>
    private PlanNeed Tally(Action work)
    {
        _tally = new MemoryTally();
        try
        {
            work();
            return new PlanNeed(_tally.Peak, 0);
        }
        finally
        {
            _tally = null;
        }
    }

    private StoredRows Store(int height, int width, int channels) => new(height, width, channels, _tally);

    private void WriteAll(StoredRows rows, ReadOnlySpan<float> elements)
    {
        if (_tally is null)
        {
            rows.Write(0, elements);
        }
    }

    private static StoredRows Replace(StoredRows old, StoredRows next)
    {
        old.Dispose();
        return next;
    }

    private StoredRows DecodeMiddle(ReadOnlySpan<float> latent, int height, int width)
    {
        Graph graph = _vae.DescribeDecodingMiddle(height, width);
        Shape shape = graph.Outputs[Autoencoder.Image].Shape;
        using StoredRows places = Store(height, width, _config.EmbedChannels);
        WriteAll(places, latent);
        StoredRows x = Store(height, width, shape[3]);
        using FloatBuffer result = new();
        RunWhole(graph, Autoencoder.Latent, places, Autoencoder.Image, _tally is null ? result.Of(shape.ElementCount) : []);
        WriteAll(x, _tally is null ? result.Of(shape.ElementCount) : []);
        return x;
    }

    private StoredRows ForwardDoubled(ResnetBlock block, StoredRows x, Conv2d doubling)
    {
        using ConvolvedRows doubled = new(_backend, _options, _run, x, doubling, afterSilu: false);
        ChannelSums sums = new(doubled.Channels);
        InBands(doubled, isLate: false, (_, rows) => sums.Add(rows));
        return Forward(block, doubled, sums);
    }

    private StoredRows Forward(ResnetBlock block, IRows x, ChannelSums sums)
    {
        StoredRows h = Convolve(new NormalizedRows(x, sums, block.Norm1), block.Conv1, afterSilu: true);
        NormalizedRows normalized = new(h, h.Sums, block.Norm2);
        using ConvolvedRows result = new(_backend, _options, _run, normalized, block.Conv2, afterSilu: true, x, block.Shortcut);

        // The result takes the place of what it is made of, a band late: the next band still reads the last row of this one.
        h.Rewrite();
        InBands(result, isLate: true, h.Write);
        return h;
    }

    private StoredRows Convolve(IRows source, Conv2d convolution, bool afterSilu)
    {
        using ConvolvedRows result = new(_backend, _options, _run, source, convolution, afterSilu);
        StoredRows stored = Store(result.Height, result.Width, result.Channels);
        InBands(result, isLate: false, stored.Write);
        return stored;
    }

    /// <summary>Has all rows computed, and handed over band by band: at once, or when the next band is there.</summary>
    private void InBands(ConvolvedRows rows, bool isLate, BandReady ready)
    {
        // Coarser levels have more channels: a band's memory stays about the same.
        long pixels = _bandPixels * _config.Channels / Math.Max(_config.Channels, rows.Channels);
        int count = (int)Math.Min(rows.Height, Math.Max(LeastRows, pixels / rows.Width / 2 * 2));
        long rowLength = (long)rows.Width * rows.Channels;
        if (_tally is not null)
        {
            _tally.Work(((isLate && count < rows.Height ? 2 : 1) * count * rowLength * sizeof(float)) + rows.NeedOf(count));
            return;
        }

        using FloatBuffer even = new();
        using FloatBuffer odd = new();
        for (int first = 0, band = 0; first < rows.Height; first += count, band++)
        {
            int length = Math.Min(count, rows.Height - first);
            Span<float> current = (band % 2 == 0 || !isLate ? even : odd).Of(length * rowLength);
            rows.Read(first, current);
            if (!isLate)
            {
                ready(first, current);
            }
            else if (band > 0)
            {
                ready(first - count, (band % 2 == 0 ? odd : even).Of(count * rowLength));
            }

            if (isLate && first + length == rows.Height)
            {
                ready(first, current);
            }
        }
    }

    private void RunWhole(Graph graph, string input, StoredRows rows, string output, Span<float> result)
    {
        long length = graph.Inputs[input].Shape.ElementCount;
        if (_tally is not null)
        {
            _tally.Work(((length + graph.Outputs[output].Shape.ElementCount) * sizeof(float)) + _backend.Measure(graph, _options).TotalBytes);
            return;
        }

        using FloatBuffer elements = new();
        rows.Read(0, elements.Of(length));
        using IPlan plan = _backend.Compile(graph, _options);
        plan.SetInput(input, elements.Of(length));
        _run(plan, graph);
        plan.GetOutput(output, result);
    }
}
