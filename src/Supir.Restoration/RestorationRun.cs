using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Random;
using Supir.Models;
using Supir.Models.TextEncoders;
using Supir.Models.Tokenizers;
using Supir.Models.Vae;
using Supir.Restoration.Color;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;

namespace Supir.Restoration;

/// <summary>One picture's way through the networks, in the reference's order, with its draws of random numbers in the reference's order.</summary>
/// <remarks>Source: <c>batchify_sample</c> and <c>prepare_condition</c> in SUPIR/models/SUPIR_model.py (SUPIR @ bda91af).</remarks>
internal sealed class RestorationRun
{
    /// <summary>Limits of the logarithm of the posterior's variance. Source: sgm/modules/distributions/distributions.py:28.</summary>
    private const float LeastLogVariance = -30f;

    private const float MostLogVariance = 20f;

    private readonly SupirNetworks _networks;
    private readonly ModelOptions _options;
    private readonly RestorationSettings _settings;
    private readonly IBackend _backend;
    private readonly CancellationToken _cancellationToken;
    private readonly ProgressMeter _meter;
    private readonly TorchCpuGenerator _cpuGenerator;
    private readonly INoiseGenerator _deviceGenerator;
    private readonly Shape _latentShape;
    private readonly RestoreEdmParameters _sampling;
    private readonly bool _needsUnconditional;
    private readonly Graph _text;
    private readonly Graph _denoiseEncoding;
    private readonly Graph _encoding;
    private readonly Graph _decoding;
    private readonly Graph _diffusion;

    /// <summary>Describes everything that will run, so that its cost is known.</summary>
    public RestorationRun(
        SupirNetworks networks, ModelOptions options, RestorationSettings settings, IBackend backend, WorkingSize size,
        IProgress<RestorationProgress>? progress, CancellationToken cancellationToken)
    {
        if (options.Sampler.Kind != SamplerKind.RestoreEdm)
        {
            throw new OptionException($"{options.Path}: the sampler {options.Sampler.Kind} cannot run yet; use RestoreEDMSampler.");
        }

        _networks = networks;
        _options = options;
        _settings = settings;
        _backend = backend;
        _cancellationToken = cancellationToken;
        ulong seed = (ulong)(settings.Seed ?? throw new InvalidOperationException("The seed is drawn before a run begins."));
        _cpuGenerator = new TorchCpuGenerator(seed);
        _deviceGenerator = settings.Rng == TorchGenerator.Cuda ? new TorchCudaGenerator(seed) : _cpuGenerator;
        int height = size.Height / options.Vae.Downsampling;
        int width = size.Width / options.Vae.Downsampling;
        _latentShape = new Shape(1, height, width, options.Vae.EmbedChannels);
        _sampling = RestoreEdmParameters.Of(settings, options.Sampler);
        _needsUnconditional = _sampling.AlwaysBothHalves || settings.Guidance is not { AtNoNoise: 1, AtMostNoise: 1 };
        int batch = _needsUnconditional ? 2 : 1;
        _text = networks.Text.Describe(batch, ClipTokenizer.ContextLength);
        _denoiseEncoding = networks.Vae.DescribeEncoding(1, size.Height, size.Width, denoise: true);
        _encoding = networks.Vae.DescribeEncoding(1, size.Height, size.Width, denoise: false);
        _decoding = networks.Vae.DescribeDecoding(1, height, width);
        _diffusion = networks.Diffusion.Describe(batch, height, width, ClipTokenizer.ContextLength);
        _meter = new ProgressMeter(TotalFlops(), progress);
    }

    /// <summary>How long each stage took.</summary>
    public IReadOnlyList<StageTime> Stages => _meter.Stages;

    /// <summary>Restores a working picture.</summary>
    public FloatImage Restore(FloatImage image)
    {
        Conditions conditions = _meter.Run(RestorationStage.Text, 0, EncodePrompts);
        float[] latent = _meter.Run(RestorationStage.Encode, 0, () => Encode(_denoiseEncoding, image, noise: null));
        (FloatImage? stage1, float[] center) = _meter.Run(RestorationStage.Stage1, 0, () => Stage1(latent, image));
        float[] sampled = _meter.Run(RestorationStage.Sample, _settings.Steps, () => Sample(conditions, latent, center));
        FloatImage decoded = _meter.Run(RestorationStage.Decode, 0, () => Decode(sampled, image.Width, image.Height));
        return _meter.Run(RestorationStage.Finish, 0, () => _settings.ColorFix.Apply(
            decoded, _settings.ColorFixReference == ColorFixReference.Input || stage1 is null ? image : stage1));
    }

    private double TotalFlops() =>
        GraphCost.Flops(_text) + GraphCost.Flops(_denoiseEncoding) + GraphCost.Flops(_encoding) + (2 * GraphCost.Flops(_decoding))
        + (_settings.Steps * GraphCost.Flops(_diffusion));

    private Conditions EncodePrompts()
    {
        string positive = _settings.Caption + _settings.PositivePrompt;
        string[] texts = _needsUnconditional ? [_settings.NegativePrompt, positive] : [positive];
        int[] firstIds = [.. texts.SelectMany(text => ClipTokenizer.HuggingFace.EncodePadded(text))];
        int[][] secondIds = Array.ConvertAll(texts, text => ClipTokenizer.OpenClip.EncodePadded(text));
        int tokens = ClipTokenizer.ContextLength;
        float[] context = new float[texts.Length * tokens * _networks.Text.ContextChannels];
        float[] vector = new float[texts.Length * _networks.Text.VectorChannels];
        using IPlan plan = _backend.Compile(_text);
        plan.SetInput(TextConditioner.FirstIds, Array.ConvertAll(firstIds, id => (float)id));
        plan.SetInput(TextConditioner.SecondIds, [.. secondIds.SelectMany(ids => ids).Select(id => (float)id)]);
        // The end token has the highest id; the first one ends the text.
        plan.SetInput(TextConditioner.End, [.. secondIds.Select(ids => (float)Array.IndexOf(ids, ClipTokenizer.EndToken))]);
        plan.SetInput(TextConditioner.Sizes, [.. texts.SelectMany(_ => TextConditioner.DefaultSizes)]);
        Run(plan, _text);
        plan.GetOutput(TextConditioner.Context, context);
        plan.GetOutput(TextConditioner.Vector, vector);
        return new Conditions(context, vector, tokens, _needsUnconditional);
    }

    /// <summary>The scaled latent of a picture: the posterior's mean, or a draw from it where noise is given.</summary>
    private float[] Encode(Graph graph, FloatImage image, LatentNoise? noise)
    {
        int channels = _latentShape[3];
        float[] moments = new float[2 * _latentShape.ElementCount];
        using (IPlan plan = _backend.Compile(graph))
        {
            plan.SetInput(Autoencoder.Image, image.Pixels);
            Run(plan, graph);
            plan.GetOutput(Autoencoder.Moments, moments);
        }

        SigmaRounding rounding = _sampling.Rounding;
        float scale = (float)_options.ScaleFactor;
        float[] latent = new float[_latentShape.ElementCount];
        noise?.Draw(latent);
        for (int i = 0; i < latent.Length; i++)
        {
            int row = i / channels * 2 * channels;
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

    private (FloatImage? Picture, float[] Center) Stage1(float[] latent, FloatImage image)
    {
        FloatImage picture = Decode(latent, image.Width, image.Height);
        return (picture, Encode(_encoding, picture, new LatentNoise(_cpuGenerator, _latentShape)));
    }

    private FloatImage Decode(float[] latent, int width, int height)
    {
        float inverseScale = (float)(1.0 / _options.ScaleFactor);
        float[] unscaled = Array.ConvertAll(latent, x => x * inverseScale);
        FloatImage image = new(width, height);
        using IPlan plan = _backend.Compile(_decoding);
        plan.SetInput(Autoencoder.Latent, unscaled);
        Run(plan, _decoding);
        plan.GetOutput(Autoencoder.Image, image.Pixels);
        return image;
    }

    private float[] Sample(Conditions conditions, float[] latent, float[] center)
    {
        using IPlan plan = _backend.Compile(_diffusion);
        PlanNoisePredictor network = new(plan, conditions, latent, _meter, GraphCost.Flops(_diffusion));
        DiscreteDenoiser denoiser = new(new LegacyDdpmDiscretization(_options.Denoiser));
        float[] sigmas = new LegacyDdpmDiscretization(_options.Sampler.Schedule).Sigmas(_settings.Steps);
        LatentNoise noise = new(_deviceGenerator, _latentShape);
        float[] start = new float[_latentShape.ElementCount];
        noise.Draw(start, _sampling.Rounding == SigmaRounding.None ? DType.Float32 : DType.BFloat16);
        return RestoreEdmSampler.Run(
            network, denoiser, sigmas, start, center, noise, _sampling, new StepListener(_meter), _cancellationToken);
    }

    private void Run(IPlan plan, Graph graph)
    {
        double flops = GraphCost.Flops(graph);
        plan.Run(_meter.Within(flops), _cancellationToken);
        _meter.Advance(flops);
    }

    private sealed class StepListener(ProgressMeter meter) : IProgress<SamplerProgress>
    {
        public void Report(SamplerProgress value) => meter.AdvanceStep(value.Step);
    }
}
