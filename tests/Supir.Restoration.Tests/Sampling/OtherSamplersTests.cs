using Supir.Engine;
using Supir.Restoration.Guidance;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Sampling;

public class OtherSamplersTests
{
    private const int Steps = 7;

    private static readonly Shape LatentShape = new(1, 3, 5, 4);

    private static readonly SamplerParameters Parameters = new()
    {
        Churn = 2,
        NoiseMultiplier = 1.02,
        RestorationExponent = 4,
        Eta = 0.8,
        Guidance = new LinearGuidance(3, 1.5),
        ControlScale = new LinearControlScale(0.9, 0.4),
    };

    public static TheoryData<SamplerKind> Kinds() =>
    [
        SamplerKind.HeunEdm, SamplerKind.EulerAncestral, SamplerKind.Dpmpp2SAncestral, SamplerKind.Dpmpp2M, SamplerKind.LinearMultistep,
        SamplerKind.Substep, SamplerKind.RestoreDpmpp2M,
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_element_follows_the_published_formulas(SamplerKind kind)
    {
        Scene scene = new(kind);

        float[] actual = scene.Run(Parameters);

        Assertions.Close(scene.ByFormula(Parameters), actual, relative: 2e-6, absolute: 2e-5);
    }

    [Fact]
    public void Euler_is_the_restoring_sampler_without_its_pull()
    {
        Scene scene = new(SamplerKind.EulerEdm);
        float[] expected = new Scene(SamplerKind.RestoreEdm).Run(Parameters with { RestorationExponent = null });

        Assert.Equal(expected, scene.Run(Parameters));
    }

    [Fact]
    public void The_first_step_of_few_puts_noise_back_where_asked_for()
    {
        Scene scene = new(SamplerKind.RestoreDpmpp2M);
        SamplerParameters parameters = Parameters with { NoiseInFirstStep = true };

        float[] actual = scene.Run(parameters);

        Assertions.Close(scene.ByFormula(parameters), actual, relative: 2e-6, absolute: 2e-5);
        Assert.Equal(Steps - 1, scene.Generator.Draws);
    }

    [Theory]
    [InlineData(SamplerKind.RestoreEdm, Steps)]
    [InlineData(SamplerKind.HeunEdm, (2 * Steps) - 1)]
    [InlineData(SamplerKind.Dpmpp2SAncestral, (2 * Steps) - 1)]
    [InlineData(SamplerKind.Substep, 4)]
    [InlineData(SamplerKind.LinearMultistep, Steps)]
    public void The_number_of_evaluations_is_known_before(SamplerKind kind, int evaluations)
    {
        Scene scene = new(kind);

        scene.Run(Parameters with { AlwaysBothHalves = true });

        Assert.Equal(evaluations, scene.Network.UnconditionalCalls);
        Assert.Equal(evaluations, SamplerSelection.Evaluations(scene.Options, Steps));
    }

    [Fact]
    public void The_sigmas_of_few_steps_are_those_of_the_reference()
    {
        SamplerOptions options = new Scene(SamplerKind.RestoreDpmpp2M).Options;

        Assertions.Close(GoldenTensors.Open("mini.safetensors").Floats("sigmas.karras8"), SamplerSelection.Sigmas(options, 8), relative: 1e-6);
    }

    [Theory]
    [InlineData(ScalingKind.Noise)]
    [InlineData(ScalingKind.Velocity)]
    [InlineData(ScalingKind.Edm)]
    public void A_network_that_predicts_what_its_scaling_asks_for_is_denoised_exactly(ScalingKind kind)
    {
        // x = clean + σ · noise; each scaling's target follows from Karras et al. 2022: F = (clean − c_skip · x) / c_out.
        const double clean = 0.7;
        const double noise = -1.3;
        const double data = 0.5;
        DenoiserOptions options = DenoiserOptions.StableDiffusion with { Scaling = new ScalingOptions(kind, kind == ScalingKind.Edm ? data : 1) };
        DiscreteDenoiser denoiser = new(options);
        float sigma = denoiser.Levels[600];
        double x = clean + (sigma * noise);
        double target = kind switch
        {
            ScalingKind.Noise => noise,
            ScalingKind.Velocity => (noise - (sigma * clean)) / Math.Sqrt((sigma * sigma) + 1),
            _ => ((clean * sigma * sigma) - (data * data * sigma * noise)) / (sigma * data * Math.Sqrt((sigma * sigma) + (data * data))),
        };
        float[] denoised = new float[1];

        denoiser.Denoise(new Constant((float)target), [(float)x], sigma, 1, [], denoised, CancellationToken.None);

        Assert.Equal(clean, denoised[0], 1e-5);
    }

    [Fact]
    public void Edm_levels_are_evenly_spaced_under_their_root()
    {
        float[] sigmas = NoiseSchedule.Sigmas(EdmScheduleOptions.Default, 9);

        double[] roots = [.. sigmas[..^1].Select(sigma => Math.Pow(sigma, 1.0 / 7))];
        Assert.Equal(80f, sigmas[0], 1e-4f);
        Assert.Equal(0.02f, sigmas[8], 1e-6f);
        Assert.Equal(0f, sigmas[9]);
        Assert.All(roots.Zip(roots.Skip(1), (high, low) => high - low), gap => Assert.Equal((roots[0] - roots[8]) / 8, gap, 1e-6));
        Assert.Equal([sigmas[8], sigmas[7], sigmas[6]], NoiseSchedule.Table(new DenoiserOptions(EdmScheduleOptions.Default, 9, ScalingOptions.Noise, true))[..3]);
    }

    private sealed class Constant(float value) : INoisePredictor
    {
        public void Predict(
            ReadOnlySpan<float> latent, float timestep, float controlScale, Span<float> unconditional, Span<float> conditional, CancellationToken cancellationToken) =>
            conditional.Fill(value);
    }

    private sealed class Scene
    {
        private readonly LatentNoise _noise;

        public Scene(SamplerKind kind)
        {
            Options = new SamplerOptions { Kind = kind, Schedule = DdpmScheduleOptions.StableDiffusion };
            _noise = new LatentNoise(Generator, LatentShape);
        }

        public SamplerOptions Options { get; }

        public WaveGenerator Generator { get; } = new();

        public WaveNetwork Network { get; } = new();

        public float[] Run(SamplerParameters parameters) => SamplerSelection.Run(
            Options,
            new GuidedDenoiser(Network, new DiscreteDenoiser(DenoiserOptions.StableDiffusion), parameters, CancellationToken.None),
            SamplerSelection.Sigmas(Options, Steps), Start, Start, _noise, () => new Intervals(_noise), parameters, null, null);

        public float[] ByFormula(SamplerParameters parameters)
        {
            (int places, int channels) = (LatentShape[1] * LatentShape[2], LatentShape[3]);
            return
            [
                .. Start.Select((start, i) =>
                {
                    SamplerParameters used = Options.Kind == SamplerKind.Substep ? parameters with { NoiseMultiplier = 1 } : parameters;
                    ScalarSamplers scalar = new(used, SamplerSelection.Sigmas(Options, Steps), (i % channels * places) + (i / channels));
                    return (float)(Options.Kind switch
                    {
                        SamplerKind.HeunEdm => scalar.Heun(start),
                        SamplerKind.Dpmpp2SAncestral => scalar.Dpmpp2S(start),
                        SamplerKind.Dpmpp2M => scalar.Dpmpp2M(start, 0),
                        SamplerKind.RestoreDpmpp2M => scalar.Dpmpp2M(start, parameters.Eta),
                        SamplerKind.LinearMultistep => scalar.LinearMultistep(start),
                        _ => scalar.EulerAncestral(start),
                    });
                }),
            ];
        }

        private static float[] Start { get; } = [.. Enumerable.Range(0, (int)LatentShape.ElementCount).Select(i => 2 * MathF.Sin((1.7f * i) + 0.3f))];
    }

    private sealed class Intervals(LatentNoise noise) : IIntervalNoise
    {
        public void Draw(float sigma, float nextSigma, Span<float> destination) => noise.Draw(destination);
    }
}
