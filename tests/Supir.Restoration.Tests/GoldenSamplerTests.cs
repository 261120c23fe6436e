using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Engine.Random;
using Supir.Models;
using Supir.Models.Tokenizers;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Supir.Restoration.Tiling;
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

        float[] result = Sample(golden, SamplerKind.RestoreEdm, "latent", Center(), batch: 1, [.. flags]);

        Assertions.Close(MiniModel.ChannelsLast($"{golden}.out"), result, relative: MiniModel.Tolerance);
    }

    [Fact]
    public void The_sampler_of_few_steps_agrees_with_the_reference()
    {
        float[] result = Sample(
            "dpmpp2m", SamplerKind.RestoreDpmpp2M, "latent", Center(), batch: 1, ("edm_steps", "6"), ("s_cfg", "2.0"), ("spt_linear_CFG", "2.0"));

        Assertions.Close(MiniModel.ChannelsLast("dpmpp2m.out"), result, relative: MiniModel.Tolerance);
    }

    [Theory]
    [InlineData("tiled_edm", SamplerKind.TiledRestoreEdm, 1)]
    [InlineData("tiled_edm", SamplerKind.TiledRestoreEdm, 5)]
    [InlineData("tiled_dpmpp2m", SamplerKind.TiledRestoreDpmpp2M, 3)]
    public void A_sampler_over_tiles_agrees_with_the_reference_however_many_tiles_run_at_once(string golden, SamplerKind kind, int batch)
    {
        float[] center = Array.ConvertAll(MiniModel.ChannelsLast("tiled.latent"), x => x * 0.9f);

        float[] result = Sample(golden, kind, "tiled.latent", center, batch, ("edm_steps", "3"));

        Assertions.Close(MiniModel.ChannelsLast($"{golden}.out"), result, relative: MiniModel.Tolerance);
    }

    private static float[] Sample(string golden, SamplerKind kind, string latentName, float[] center, int batch, params (string, string)[] flags)
    {
        SamplerOptions sampler = MiniModel.Options.Sampler with { Kind = kind, Guider = GuiderKind.Linear, Tiles = new TileOptions(16, 12) };
        RestorationSettings settings = MiniModel.Settings(flags);
        SamplerParameters parameters = SamplerParameters.Of(settings, sampler);
        Shape golds = MiniModel.Goldens.ShapeOf(latentName);
        Shape shape = new(1, golds[2], golds[3], golds[1]);
        TileGrid? grid = kind is SamplerKind.TiledRestoreEdm or SamplerKind.TiledRestoreDpmpp2M
            ? new TileGrid(shape[1], shape[2], sampler.Tiles, multiple: 4)
            : null;
        LatentTiles? tiles = grid is null ? null : new LatentTiles(
            grid, shape[3], TileWeights.Gaussian(grid.TileHeight, grid.TileWidth, asReference: true), SigmaRounding.None);
        float[] Cut(float[] latent) => tiles?.Gather(latent) ?? latent;

        using CpuBackend backend = new();
        SupirNetworks networks = new(
            new Checkpoints.WeightReader(MiniModel.OpenWeights()), MiniModel.Options.Vae, MiniModel.Options.UNet, MiniModel.Options.Control, 1);
        int count = tiles?.Count ?? 1;
        DiffusionShare share = DiffusionShare.Of(count, halves: 2, batch, devices: 1);
        Graph graph = networks.Diffusion.Describe(share.RowsOfRun, grid?.TileHeight ?? shape[1], grid?.TileWidth ?? shape[2], ClipTokenizer.ContextLength);
        using CpuPlan plan = backend.Compile(graph);
        Conditions conditions = new(Text("uncond"), [Text("cond")], ClipTokenizer.ContextLength);
        float[] lowQuality = Cut(MiniModel.ChannelsLast(latentName));
        DiffusionWorker worker = new(plan, share.RowsOfRun, share.Runs[0], conditions, lowQuality, count);
        PlanNoisePredictor network = new([worker], conditions.Halves, lowQuality.Length, new ProgressMeter(1, null), 1);
        LatentNoise noise = new(new StoredNoise(golden), shape, tiles);

        float[] sampled = SamplerSelection.Run(
            sampler,
            new GuidedDenoiser(network, new DiscreteDenoiser(MiniModel.Options.Denoiser), parameters, default),
            SamplerSelection.Sigmas(sampler, settings.Steps),
            Cut(MiniModel.ChannelsLast($"{golden}.noise")),
            Cut(center),
            noise,
            () => new StoredIntervals(noise),
            parameters,
            tiles,
            progress: null);
        return tiles?.Blend(sampled) ?? sampled;
    }

    private static TextCondition Text(string name) =>
        new(MiniModel.Goldens.Floats($"{name}.crossattn"), MiniModel.Goldens.Floats($"{name}.vector"));

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

    /// <summary>What the reference's Brownian tree answered, in the order of its questions.</summary>
    private sealed class StoredIntervals(LatentNoise noise) : IIntervalNoise
    {
        public void Draw(float sigma, float nextSigma, Span<float> destination) => noise.Draw(destination);
    }
}
