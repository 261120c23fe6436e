using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Random;
using Supir.Models;
using Supir.Models.Tokenizers;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests;

public sealed class GoldenSamplerTests
{
    [Theory]
    [InlineData("edm", "-1", "5", "1.01", "4.0", "1.0", "1.0", null)]
    [InlineData("edm_restore", "4.0", "0", "1.003", "7.5", "4.0", "0.9", null)]
    [InlineData("edm_linear_control", "2.0", "5", "1.01", "4.0", "1.0", "1.0", "0.2")]
    public void A_sampler_agrees_with_the_reference(
        string golden, string exponent, string churn, string noise, string guidance, string guidanceStart, string control, string? controlStart)
    {
        List<(string, string)> flags =
        [
            ("edm_steps", "6"), ("s_stage1", exponent), ("s_churn", churn), ("s_noise", noise),
            ("s_cfg", guidance), ("spt_linear_CFG", guidanceStart), ("s_stage2", control),
        ];
        if (controlStart is not null)
        {
            flags.AddRange([("linear_s_stage2", "true"), ("spt_linear_s_stage2", controlStart)]);
        }

        RestorationSettings settings = MiniModel.Settings([.. flags]);
        RestoreEdmParameters parameters = RestoreEdmParameters.Of(settings, MiniModel.Options.Sampler);
        float[] latent = MiniModel.ChannelsLast("latent");
        using CpuBackend backend = new();
        SupirNetworks networks = new(
            new Checkpoints.WeightReader(MiniModel.OpenWeights()), MiniModel.Options.Vae, MiniModel.Options.UNet, MiniModel.Options.Control, 1);
        Graph graph = networks.Diffusion.Describe(2, 32, 32, ClipTokenizer.ContextLength);
        using CpuPlan plan = backend.Compile(graph);
        Conditions conditions = new(
            [.. MiniModel.Goldens.Floats("uncond.crossattn"), .. MiniModel.Goldens.Floats("cond.crossattn")],
            [.. MiniModel.Goldens.Floats("uncond.vector"), .. MiniModel.Goldens.Floats("cond.vector")],
            ClipTokenizer.ContextLength,
            HasUnconditional: true);
        PlanNoisePredictor network = new(plan, conditions, latent, new ProgressMeter(1, null), 1);
        LegacyDdpmDiscretization schedule = new(MiniModel.Options.Denoiser);

        float[] result = RestoreEdmSampler.Run(
            network, new DiscreteDenoiser(schedule), schedule.Sigmas(6), MiniModel.ChannelsLast($"{golden}.noise"), Center(),
            new LatentNoise(new StoredNoise(golden), new Shape(1, 32, 32, 16)), parameters, null, default);

        Assertions.Close(MiniModel.ChannelsLast($"{golden}.out"), result, relative: MiniModel.Tolerance);
    }

    /// <summary>The mean of vae.moments, scaled: the samplers' x_center.</summary>
    private static float[] Center()
    {
        float[] moments = MiniModel.ChannelsLast("vae.moments");
        float[] center = new float[moments.Length / 2];
        for (int i = 0; i < center.Length; i++)
        {
            center[i] = moments[(i / 16 * 32) + (i % 16)] * (float)MiniModel.Options.ScaleFactor;
        }

        return center;
    }

    /// <summary>The draws that the reference's sampler took, in torch's order.</summary>
    private sealed class StoredNoise(string golden) : INoiseGenerator
    {
        private int _draw;

        public void Normal(Span<float> destination, DType type = DType.Float32)
        {
            MiniModel.Goldens.Floats($"{golden}.eps").AsSpan(_draw * destination.Length, destination.Length).CopyTo(destination);
            _draw++;
        }
    }
}
