using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Random;
using Supir.Models;
using Supir.Restoration.Color;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Previews;
using Supir.Restoration.Sampling;
using Supir.Restoration.Tiling;

namespace Supir.Restoration;

/// <summary>One picture's way through the networks, in the reference's order, with its draws of random numbers in the reference's order.</summary>
/// <remarks>Several samples differ in their draws alone, each of which is one tensor for all samples, so that the first of several is not the
/// only one of one. Source: <c>batchify_sample</c> and <c>prepare_condition</c> in SUPIR/models/SUPIR_model.py (SUPIR @ bda91af).</remarks>
internal sealed class RestorationRun
{
    /// <summary>Limits of the logarithm of the posterior's variance. Source: sgm/modules/distributions/distributions.py:28.</summary>
    private const float LeastLogVariance = -30f;

    private const float MostLogVariance = 20f;

    /// <summary>Pictures in single precision beside one for each sample: the working one, stage 1, and one on its way into or out of a network.</summary>
    private const int PicturesBesideSamples = 3;

    private readonly ModelOptions _options;
    private readonly RestorationSettings _settings;
    private readonly IReadOnlyList<IBackend> _backends;
    private readonly NetworkPlans _plans;
    private readonly CancellationToken _cancellationToken;
    private readonly ProgressMeter _meter;
    private readonly TorchCpuGenerator _cpuGenerator;
    private readonly IResumableGenerator _deviceGenerator;
    private readonly Shape _latentShape;
    private readonly SamplerParameters _sampling;
    private readonly LatentTiles? _tiles;
    private readonly DiffusionShare _share;
    private readonly PromptEncoder _prompts;
    private readonly PictureCoder _pictures;
    private readonly long _pictureBytes;
    private readonly Graph _diffusion;
    private readonly double _samplingFlops;
    private LatentColours? _colours;

    /// <summary>Describes everything that will run, so that its cost is known.</summary>
    /// <exception cref="OptionException">There are not as many captions as tiles.</exception>
    public RestorationRun(
        SupirNetworks networks, ModelOptions options, RestorationSettings settings, IReadOnlyList<IBackend> backends, NetworkPlans plans, WorkingSize size,
        IProgress<RestorationProgress>? progress, CancellationToken cancellationToken)
    {
        _options = options;
        _settings = settings;
        _backends = backends;
        _plans = plans;
        _cancellationToken = cancellationToken;
        ulong seed = (ulong)(settings.Seed ?? throw new InvalidOperationException("The seed is drawn before a run begins."));
        _cpuGenerator = new TorchCpuGenerator(seed);
        _deviceGenerator = settings.Rng == TorchGenerator.Cuda ? new TorchCudaGenerator(seed) : _cpuGenerator;
        int height = size.Height / options.Vae.Downsampling;
        int width = size.Width / options.Vae.Downsampling;
        _latentShape = new Shape(settings.Samples, height, width, options.Vae.EmbedChannels);
        _sampling = SamplerParameters.Of(settings, options.Sampler);
        TileGrid? grid = GridOf(options, size);
        _tiles = grid is null ? null : new LatentTiles(
            grid,
            options.Vae.EmbedChannels,
            TileWeights.Gaussian(grid.TileHeight, grid.TileWidth, settings.Mode == NumericsMode.Reference),
            _sampling.Rounding,
            settings.Samples);

        int halves = _sampling.NeedsUnconditional ? 2 : 1;
        _share = DiffusionShare.Of(_tiles?.Count ?? settings.Samples, halves, settings.TileBatch, backends.Count);
        _pictureBytes = backends[0] is CpuBackend
            ? (long)size.Width * size.Height * Picture.Channels * sizeof(float) * (PicturesBesideSamples + settings.Samples)
            : 0;
        _prompts = new PromptEncoder(networks.Text, Texts(grid), settings.LongPrompts);
        _diffusion = networks.Diffusion.Describe(
            _share.RowsOfRun, grid?.TileHeight ?? height, grid?.TileWidth ?? width, _prompts.Tokens);
        double textFlops = _prompts.Runs * GraphCost.Flops(_prompts.Graph);
        _samplingFlops = SamplerSelection.Evaluations(options.Sampler, settings.Steps) * FlopsOfStep;
        PictureCoder Coder(ProgressMeter meter) => new(networks.Vae, settings, backends[0], plans, size, options.Vae, meter, cancellationToken);
        double pictureFlops = Coder(new ProgressMeter(1, null)).FlopsOf(encodings: 2, decodings: 1 + settings.Samples);
        _meter = new ProgressMeter(textFlops + _samplingFlops + pictureFlops, progress);
        _pictures = Coder(_meter);
    }

    /// <summary>Where the run's state is kept while it samples, and found again after a kill; <c>null</c> for nowhere.</summary>
    public RunJournal? Journal { get; set; }

    /// <summary>How the weights of the large networks are kept.</summary>
    public WeightKeeping Weights { get; set; }

    /// <summary>How the autoencoder works in bands, or <c>null</c> for the whole picture at once.</summary>
    public TiledVaeOptions? Bands
    {
        get => _pictures.Tiles;
        set => _pictures.Tiles = value;
    }

    /// <summary>Who wants to see the picture half way, if anyone.</summary>
    public IProgress<RestorationPreview>? Previews { get; set; }

    private PlanNeed WithPictures(PlanNeed need) => need with { ArenaBytes = need.ArenaBytes + _pictureBytes };

    private double FlopsOfStep => GraphCost.Flops(_diffusion) * _share.Runs.Sum(runs => runs.Count);

    /// <summary>The memory of the largest network whose weights can be kept in several ways.</summary>
    public PlanNeed Need(WeightKeeping weights) => WithPictures(_backends
        .Select(backend => backend.Measure(_diffusion, DiffusionOptions(weights)))
        .Append(_backends[0].Measure(_prompts.Graph, TextOptions(weights)))
        .MaxBy(need => need.TotalBytes));

    /// <summary>The memory of the autoencoder, at once or in bands.</summary>
    public PlanNeed PictureNeed(TiledVaeOptions? bands) => WithPictures(_pictures.Need(bands));

    /// <summary>The memory of all networks of the first device together.</summary>
    public PlanNeed NeedOfAll(WeightKeeping weights)
    {
        IEnumerable<PlanNeed> needs =
        [
            _backends[0].Measure(_prompts.Graph, TextOptions(weights)),
            _backends[0].Measure(_diffusion, DiffusionOptions(weights)),
            .. Bands is null ? _pictures.Graphs.Values.Select(graph => _backends[0].Measure(graph, _pictures.Options)) : [PictureNeed(Bands)],
        ];
        return new PlanNeed(needs.Sum(need => need.ArenaBytes), needs.Sum(need => need.WeightBytes)) { HostBytes = needs.Sum(need => need.HostBytes) };
    }

    /// <summary>How long each stage took.</summary>
    public IReadOnlyList<StageTime> Stages => _meter.Stages;

    /// <summary>The tiles of a model's sampler at a size, or <c>null</c> where it has none.</summary>
    public static TileGrid? GridOf(ModelOptions options, WorkingSize size) => options.Sampler.Tiles is not TileOptions tiles
        ? null
        : new TileGrid(
            size.Height / options.Vae.Downsampling, size.Width / options.Vae.Downsampling, tiles, 1 << (options.UNet.ChannelMultipliers.Count - 1));

    /// <summary>Restores a working picture, as many times as there are samples.</summary>
    public IReadOnlyList<FloatImage> Restore(FloatImage image)
    {
        Conditions conditions = _meter.Run(RestorationStage.Text, 0, EncodePrompts);
        float[] latent = _meter.Run(RestorationStage.Encode, 0, () => ToLatent(_pictures.Encode(image, denoise: true), noise: null));
        (FloatImage stage1, float[] center) = _meter.Run(RestorationStage.Stage1, 0, () => Stage1(latent));
        int steps = SamplerSelection.Sigmas(_options.Sampler, _settings.Steps).Length - 1;
        float[] sampled = _meter.Run(RestorationStage.Sample, steps, () => Sample(conditions, latent, center));
        FloatImage[] decoded = _meter.Run(RestorationStage.Decode, 0, () => DecodeSamples(sampled));
        FloatImage colours = _settings.ColorFixReference == ColorFixReference.Input ? image : stage1;
        return _meter.Run(RestorationStage.Finish, 0, () => Array.ConvertAll(decoded, sample => _settings.ColorFix.Apply(sample, colours)));
    }

    /// <summary>The clean picture of stage 1 alone.</summary>
    public FloatImage Clean(FloatImage image) => Decode(ToLatent(_pictures.Encode(image, denoise: true), noise: null));

    private IReadOnlyList<string> Texts(TileGrid? grid)
    {
        List<string> texts = _sampling.NeedsUnconditional ? [_settings.NegativePrompt] : [];
        if (_settings.TileCaptions is not IReadOnlyList<string> captions)
        {
            return [.. texts, _settings.PromptFor(_settings.Caption)];
        }

        if (grid is null)
        {
            throw new OptionException(
                $"There are captions for tiles, but {_options.Path} has a sampler without tiles: choose --sampler TiledRestoreEDM or " +
                "TiledRestoreDPMPP2M, or leave the captions out.");
        }

        return captions.Count == grid.Windows.Count
            ? [.. texts, .. captions.Select(_settings.PromptFor)]
            : throw new OptionException(
                $"There are {captions.Count} captions for {grid.Windows.Count} tiles (of {grid.TileHeight}x{grid.TileWidth} places in a latent " +
                $"of {grid.Height}x{grid.Width}): each tile needs one; the map of the tiles shows their order.");
    }

    private Conditions EncodePrompts()
    {
        using NetworkPlans.Lease text = _plans.Open(_backends[0], "text", _prompts.Graph, TextOptions(Weights));
        TextCondition[] texts = _prompts.Encode(text.Plan, () => Run(text.Plan, _prompts.Graph));
        return _sampling.NeedsUnconditional
            ? new Conditions(texts[0], texts[1..], _prompts.Tokens)
            : new Conditions(null, texts, _prompts.Tokens);
    }

    /// <summary>Scaled latents from the moments of one picture: the posterior's mean, or draws from it where noise is given.</summary>
    private float[] ToLatent(float[] moments, LatentNoise? noise)
    {
        int channels = _latentShape[3];
        SigmaRounding rounding = _sampling.Rounding;
        float scale = (float)_options.ScaleFactor;
        float[] latent = new float[noise?.Length ?? (moments.Length / 2)];
        noise?.Draw(latent);
        for (int i = 0; i < latent.Length; i++)
        {
            int row = (i / channels * 2 * channels) % moments.Length;
            float mean = rounding.Apply(moments[row + (i % channels)]);
            if (noise is null)
            {
                latent[i] = rounding.Apply(mean * scale);
                continue;
            }

            float logVariance = Math.Clamp(moments[row + channels + (i % channels)], LeastLogVariance, MostLogVariance);
            float deviation = rounding.Apply(MathF.Exp(0.5f * rounding.Apply(logVariance)));
            latent[i] = (mean + (deviation * latent[i])) * scale;
        }

        return latent;
    }

    private (FloatImage Picture, float[] Center) Stage1(float[] latent)
    {
        FloatImage picture = Decode(latent);
        if (Previews is not null)
        {
            _colours = LatentColours.Learn(latent, _latentShape[3], picture);
            Previews.Report(new RestorationPreview(RestorationStage.Stage1, 0, picture.ToPicture()));
        }

        return (picture, ToLatent(_pictures.Encode(picture, denoise: false), new LatentNoise(_cpuGenerator, _latentShape)));
    }

    private FloatImage[] DecodeSamples(float[] latents)
    {
        int length = latents.Length / _settings.Samples;
        return [.. Enumerable.Range(0, _settings.Samples).Select(sample => Decode(latents.AsSpan(sample * length, length).ToArray()))];
    }

    private FloatImage Decode(float[] latent)
    {
        float inverseScale = (float)(1.0 / _options.ScaleFactor);
        return _pictures.Decode(Array.ConvertAll(latent, x => x * inverseScale));
    }

    /// <param name="conditions">The conditions.</param>
    /// <param name="latent">The low-quality latent, the same for all samples.</param>
    /// <param name="center">The stage-1 latents, one a sample.</param>
    private float[] Sample(Conditions conditions, float[] latent, float[] center)
    {
        float[] lowQuality = [.. Enumerable.Repeat(latent, _settings.Samples).SelectMany(x => x)];
        NetworkPlans.Lease?[] diffusion = new NetworkPlans.Lease?[_share.Runs.Count];
        try
        {
            DeviceThreads.Run(
                diffusion.Length, device => diffusion[device] = _plans.Open(_backends[device], "diffusion", _diffusion, DiffusionOptions(Weights)));
            return Sample([.. diffusion.Select(lease => lease!.Plan)], conditions, lowQuality, center);
        }
        finally
        {
            Array.ForEach(diffusion, lease => lease?.Dispose());
        }
    }

    private float[] Sample(IReadOnlyList<IPlan> plans, Conditions conditions, float[] lowQuality, float[] center)
    {
        float[] places = Cut(lowQuality);
        int count = _tiles?.Count ?? _settings.Samples;
        List<DiffusionWorker> workers =
            [.. plans.Select((plan, device) => new DiffusionWorker(plan, _share.RowsOfRun, _share.Runs[device], conditions, places, count))];
        PlanNoisePredictor network = new(workers, conditions.Halves, places.Length, _meter, FlopsOfStep);
        GuidedDenoiser denoiser = new(network, new DiscreteDenoiser(_options.Denoiser), _sampling, _cancellationToken);
        SamplingPreviews? previews = PreviewsOf(denoiser);
        float[] sigmas = SamplerSelection.Sigmas(_options.Sampler, _settings.Steps);
        LatentNoise noise = new(_deviceGenerator, _latentShape, _tiles);
        float[] start = new float[noise.Length];
        noise.Draw(start, _sampling.Rounding == SigmaRounding.None ? DType.Float32 : DType.BFloat16);

        // Drawn here, so that all that follows in the streams are the steps' own draws.
        BrownianTree? path = SamplerSelection.TakesIntervalNoise(_options.Sampler.Kind)
            ? new BrownianTree(_cpuGenerator.NextInteger(), sigmas[^2], sigmas[0], lowQuality.Length, _tiles)
            : null;
        SamplerState? from = GoOn(sigmas.Length - 1);
        float[] sampled = SamplerSelection.Run(
            _options.Sampler, denoiser, sigmas, start, Cut(center), noise, () => path!, _sampling, _tiles, new StepListener(this, previews), from);
        return _tiles?.Blend(sampled) ?? sampled;
    }

    /// <summary>Puts the streams where the journal's run stood, and says where its sampler did.</summary>
    private SamplerState? GoOn(int steps)
    {
        if (Journal?.Found is not JournalEntry entry)
        {
            return null;
        }

        _cpuGenerator.RestoreState(entry.CpuGenerator);
        _deviceGenerator.RestoreState(entry.DeviceGenerator);

        // Where a step takes two evaluations, the last one takes one.
        int evaluations = SamplerSelection.Evaluations(_options.Sampler, _settings.Steps);
        int done = Math.Min(evaluations, entry.State.Step * (evaluations > steps ? 2 : 1));
        _meter.Advance(_samplingFlops * done / evaluations);
        _meter.AdvanceStep(entry.State.Step);
        return entry.State;
    }

    private void StepDone(SamplerProgress progress)
    {
        _meter.AdvanceStep(progress.Step);
        Journal?.Take(new JournalEntry(
            _settings.Seed!.Value, Weights.Precision, progress.State.Copy(), _cpuGenerator.SaveState(), _deviceGenerator.SaveState()));
    }

    private SamplingPreviews? PreviewsOf(GuidedDenoiser denoiser)
    {
        if (Previews is null || _colours is null)
        {
            return null;
        }

        denoiser.KeepsLast = true;
        return new SamplingPreviews(denoiser, _colours, _tiles, (int)(_latentShape.ElementCount / _settings.Samples), _latentShape[2], Previews);
    }

    private float[] Cut(float[] latents) => _tiles?.Gather(latents) ?? latents;

    private PlanOptions TextOptions(WeightKeeping weights) =>
        new() { Values = _settings.TextDType, Weights = weights.Precision, ResidentWeightBytes = weights.ResidentBytes };

    /// <summary>8-bit floats are a way to keep weights, which products widen to half precision.</summary>
    private PlanOptions DiffusionOptions(WeightKeeping weights)
    {
        bool isEight = _settings.DiffusionDType == DType.Float8E4M3;
        return new PlanOptions
        {
            Values = isEight ? DType.Float16 : _settings.DiffusionDType,
            Weights = isEight && weights.Precision == WeightPrecision.AsStored ? WeightPrecision.Float8 : weights.Precision,
            ResidentWeightBytes = weights.ResidentBytes,
        };
    }

    private void Run(IPlan plan, Graph graph)
    {
        double flops = GraphCost.Flops(graph);
        plan.Run(_meter.Within(flops), _cancellationToken);
        _meter.Advance(flops);
    }

    private sealed class StepListener(RestorationRun run, SamplingPreviews? previews) : IProgress<SamplerProgress>
    {
        public void Report(SamplerProgress value)
        {
            run.StepDone(value);
            previews?.Report(value);
        }
    }
}
