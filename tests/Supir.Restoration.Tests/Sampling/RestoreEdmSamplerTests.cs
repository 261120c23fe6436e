using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Guidance;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Sampling;

public class RestoreEdmSamplerTests
{
    private const int Steps = 6;

    private static readonly Shape LatentShape = new(1, 3, 5, 4);
    private static readonly LegacyDdpmDiscretization Schedule = new(DdpmScheduleOptions.StableDiffusion);

    private static readonly SamplerParameters Edm = new()
    {
        Churn = 5,
        NoiseMultiplier = 1.01,
        Guidance = new LinearGuidance(4, 1),
        ControlScale = new LinearControlScale(1, 1),
    };

    public static TheoryData<string, SamplerParameters> GoldenConfigurations() => new()
    {
        { "edm", Edm },
        {
            "edm_restore", Edm with
            {
                Churn = 0,
                NoiseMultiplier = 1.003,
                RestorationExponent = 4,
                Guidance = new LinearGuidance(7.5, 4),
                ControlScale = new LinearControlScale(0.9, 0.9),
            }
        },
        { "edm_linear_control", Edm with { RestorationExponent = 2, ControlScale = new LinearControlScale(1, 0.2) } },
    };

    [Theory]
    [MemberData(nameof(GoldenConfigurations))]
    public void Each_element_follows_the_published_formulas(string configuration, SamplerParameters parameters)
    {
        Assert.NotEmpty(configuration);
        Scene scene = new();

        float[] actual = scene.Run(parameters);

        // Single precision against double: a few units in the last place of the start's ±40, shrunk by the steps.
        Assertions.Close(scene.ByFormula(parameters), actual, relative: 1e-6, absolute: 1e-5);
    }

    [Theory]
    [MemberData(nameof(GoldenConfigurations))]
    public void Rounding_meets_what_the_reference_has_in_bfloat16_and_nothing_else(string configuration, SamplerParameters parameters)
    {
        Assert.NotEmpty(configuration);
        Scene scene = new();
        SamplerParameters rounded = parameters with { Rounding = SigmaRounding.BFloat16 };

        float[] actual = scene.Run(rounded);

        Assertions.Close(scene.ByFormula(rounded), actual, relative: 1e-6, absolute: 1e-5);
    }

    [Theory]
    [MemberData(nameof(GoldenConfigurations))]
    public void The_networks_sampled_give_the_references_latent(string configuration, SamplerParameters parameters)
    {
        using GoldenScene scene = new(new CpuBackend());

        float[] actual = RestoreEdmSampler.Run(
            new GuidedDenoiser(scene, new DiscreteDenoiser(Schedule), parameters, CancellationToken.None),
            Schedule.Sigmas(Steps),
            GoldenScene.ChannelsLast(configuration + ".noise"),
            scene.Center(),
            scene.Draws(configuration),
            parameters);

        // Another order of summation in the networks, six times over; 2e-6 was measured.
        Assertions.Close(GoldenScene.ChannelsLast(configuration + ".out"), actual, relative: 1e-5, absolute: 1e-3);
    }

    [Fact]
    public void Without_churn_no_noise_is_drawn()
    {
        Scene scene = new();

        scene.Run(Edm with { Churn = 0 });

        Assert.Equal(0, scene.Generator.Draws);
    }

    [Fact]
    public void Churn_draws_once_a_step_and_only_between_its_bounds()
    {
        Scene all = new();
        Scene some = new();
        float[] sigmas = Schedule.Sigmas(Steps);

        all.Run(Edm);
        some.Run(Edm with { ChurnSigmaMin = sigmas[4], ChurnSigmaMax = sigmas[1] });

        Assert.Equal(Steps, all.Generator.Draws);
        Assert.Equal(4, some.Generator.Draws);
    }

    [Fact]
    public void A_guidance_scale_of_one_needs_no_unconditional_half()
    {
        SamplerParameters parameters = Edm with { Guidance = new LinearGuidance(1, 1) };
        Scene precise = new();
        Scene reference = new();

        float[] one = precise.Run(parameters);
        float[] both = reference.Run(parameters with { AlwaysBothHalves = true });

        Assert.Equal(0, precise.Network.UnconditionalCalls);
        Assert.Equal(Steps, reference.Network.UnconditionalCalls);
        Assertions.Close(both, one, relative: 1e-6);
    }

    [Fact]
    public void A_pull_at_full_noise_replaces_the_first_prediction_by_the_stage_1_latent()
    {
        // One step ends at σ' = 0, where there is no pull; of two the first is pulled by (σ₀ / σ_max)^exponent ≈ 1.
        Scene scene = new();
        float[] sigmas = Schedule.Sigmas(2);
        SamplerParameters parameters = Edm with { Churn = 0, RestorationExponent = 1 };

        float[] actual = scene.Run(parameters, [sigmas[0], sigmas[1]]);

        float[] expected = new float[actual.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            double x = scene.Start[i] * Math.Sqrt(1 + ((double)sigmas[0] * sigmas[0]));
            expected[i] = (float)(x + ((sigmas[1] - sigmas[0]) * (x - scene.Center[i]) / sigmas[0]));
        }

        Assertions.Close(expected, actual, absolute: 1e-4);
    }

    [Fact]
    public void The_same_arguments_give_the_same_bytes_again()
    {
        Assert.Equal(new Scene().Run(Edm), new Scene().Run(Edm));
    }

    [Fact]
    public void Rounded_sigmas_give_another_picture_and_draw_the_first_noise_in_bfloat16()
    {
        Scene rounded = new();

        float[] actual = rounded.Run(Edm with { Rounding = SigmaRounding.BFloat16 });

        double difference = Closeness.RelativeL2(new Scene().Run(Edm), actual);
        Assert.InRange(difference, 1e-4, 0.1);
        Assert.Equal([DType.BFloat16, .. Enumerable.Repeat(DType.Float32, Steps - 1)], rounded.Generator.Types);
    }

    [Fact]
    public void Progress_tells_every_step()
    {
        StepList told = new();

        new Scene().Run(Edm, progress: told);

        Assert.Equal(Enumerable.Range(1, Steps), told.Steps.Select(progress => progress.Step));
        Assert.All(told.Steps, progress => Assert.Equal(Steps, progress.Steps));
        Assert.Equal(0f, told.Steps[^1].Sigma);
    }

    [Fact]
    public void A_cancelled_run_stops_before_the_next_step()
    {
        using CancellationTokenSource source = new();
        StepList told = new() { AfterStep = (2, source.Cancel) };

        Assert.Throws<OperationCanceledException>(() => new Scene().Run(Edm, progress: told, cancellationToken: source.Token));

        Assert.Equal(2, told.Steps.Count);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Scene scene = new();

        Assert.Throws<ArgumentException>(() => scene.Run(Edm, [1f]));
        Assert.Throws<ArgumentException>(() => scene.RunFrom(new float[7], Edm));
        Assert.Throws<ArgumentException>(() => scene.RunWithCenter([], Edm with { RestorationExponent = 1 }));
    }

    [Fact]
    public void Settings_and_options_become_parameters()
    {
        ModelOptions options = OptionsFile.Load(Supir.Restoration.Tests.Options.RepositoryFile.PathOf("options", "SUPIR_mini.yaml"));
        RestorationSettings settings = SettingsResolver.Resolve(options, new Dictionary<string, string?> { ["s_churn"] = "3" }, ComputeDevice.Cpu);

        SamplerParameters parameters = SamplerParameters.Of(settings, options.Sampler with { RestorationSigmaMin = 0.1 });

        SamplerParameters expected = new()
        {
            Churn = 3,
            NoiseMultiplier = 1,
            RestorationExponent = 0.6,
            RestorationSigmaMin = 0.1,
            NoiseInFirstStep = true,
            Guidance = new LinearGuidance(1, 1),
            ControlScale = new LinearControlScale(1, 1),
        };
        Assert.Equal(expected, parameters);
        Assert.True(SamplerParameters.Of(settings with { Mode = NumericsMode.Reference }, options.Sampler).AlwaysBothHalves);
    }

    /// <summary>A small latent, noise that can be read again, and a network of which the formula is known.</summary>
    private sealed class Scene
    {
        private readonly LatentNoise _noise;

        public Scene()
        {
            _noise = new LatentNoise(Generator, LatentShape);
            for (int i = 0; i < Start.Length; i++)
            {
                Start[i] = 2 * MathF.Sin((1.7f * i) + 0.3f);
                Center[i] = MathF.Cos((0.9f * i) + 0.1f);
            }
        }

        public float[] Start { get; } = new float[LatentShape.ElementCount];

        public float[] Center { get; } = new float[LatentShape.ElementCount];

        public WaveGenerator Generator { get; } = new();

        public WaveNetwork Network { get; } = new();

        public float[] Run(
            SamplerParameters parameters,
            float[]? sigmas = null,
            IProgress<SamplerProgress>? progress = null,
            CancellationToken cancellationToken = default) =>
            RestoreEdmSampler.Run(
                Guided(parameters, cancellationToken), sigmas ?? Schedule.Sigmas(Steps), Start, Center, _noise, parameters, tiles: null, progress);

        /// <summary>What <see cref="ScalarEdm"/> makes of the same scene.</summary>
        public float[] ByFormula(SamplerParameters parameters)
        {
            (int places, int channels) = (LatentShape[1] * LatentShape[2], LatentShape[3]);
            float[] result = new float[Start.Length];
            for (int i = 0; i < result.Length; i++)
            {
                int placeInTorch = (i % channels * places) + (i / channels);
                result[i] = (float)ScalarEdm.Run(parameters, Steps, Start[i], Center[i], placeInTorch);
            }

            return result;
        }

        public float[] RunFrom(float[] start, SamplerParameters parameters) =>
            RestoreEdmSampler.Run(
                Guided(parameters, CancellationToken.None), Schedule.Sigmas(Steps), start, Center, _noise, parameters);

        public float[] RunWithCenter(float[] center, SamplerParameters parameters) =>
            RestoreEdmSampler.Run(
                Guided(parameters, CancellationToken.None), Schedule.Sigmas(Steps), Start, center, _noise, parameters);

        private GuidedDenoiser Guided(SamplerParameters parameters, CancellationToken cancellationToken) =>
            new(Network, new DiscreteDenoiser(Schedule), parameters, cancellationToken);
    }

    private sealed class StepList : IProgress<SamplerProgress>
    {
        public List<SamplerProgress> Steps { get; } = [];

        public (int Step, Action Act)? AfterStep { get; init; }

        public void Report(SamplerProgress value)
        {
            Steps.Add(value);
            if (AfterStep is (int step, Action act) && step == value.Step)
            {
                act();
            }
        }
    }
}
