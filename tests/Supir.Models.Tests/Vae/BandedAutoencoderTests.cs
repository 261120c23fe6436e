using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models.Vae;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Vae;

public sealed class BandedAutoencoderTests
{
    /// <summary>What design.md asks of bands; 2e-6 was measured.</summary>
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(64, 64, 8)]
    [InlineData(64, 64, 24)]
    [InlineData(56, 104, 40)]
    [InlineData(8, 8, 8)]
    [InlineData(40, 24, 512)]
    public void Encoding_in_bands_gives_what_encoding_at_once_gives(int height, int width, int tileSize)
    {
        using Scene scene = new();
        float[] image = Scene.Wave(height * width * 3);

        foreach (bool denoise in new[] { false, true })
        {
            float[] whole = scene.Run(
                scene.Vae.DescribeEncoding(1, height, width, denoise), Autoencoder.Image, image, Autoencoder.Moments);

            float[] banded = scene.Banded.Encode(image, height, width, denoise, tileSize);

            Assertions.Close(whole, banded, relative: Tolerance);
        }
    }

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(8, 8, 3)]
    [InlineData(7, 13, 4)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 64)]
    public void Decoding_in_bands_gives_what_decoding_at_once_gives(int height, int width, int tileSize)
    {
        using Scene scene = new();
        float[] latent = Scene.Wave(height * width * MiniSizes.Vae.EmbedChannels);
        float[] whole = scene.Run(scene.Vae.DescribeDecoding(1, height, width), Autoencoder.Latent, latent, Autoencoder.Image);

        float[] banded = scene.Banded.Decode(latent, height, width, tileSize);

        Assertions.Close(whole, banded, relative: Tolerance);
    }

    [Fact]
    public void Bands_take_a_fraction_of_the_memory_and_less_than_twice_the_arithmetic()
    {
        const int side = 32;
        using Scene scene = new();
        Graph graph = scene.Vae.DescribeDecoding(1, side, side);

        scene.Banded.Decode(Scene.Wave(side * side * MiniSizes.Vae.EmbedChannels), side, side, tileSize: 8);

        Assert.InRange(scene.Flops / GraphCost.Flops(graph), 1, 2);
        Assert.InRange(scene.LargestArena, 1, scene.ArenaOf(graph) / 3);
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(16, 64)]
    [InlineData(9, 2)]
    public void The_memory_of_bands_is_known_before_they_run(int side, int tileSize)
    {
        using Scene scene = new();
        long decoding = scene.Banded.NeedToDecode(side, side, tileSize).TotalBytes;
        long encoding = scene.Banded.NeedToEncode(8 * side, 8 * side, 8 * tileSize).TotalBytes;

        scene.Banded.Decode(Scene.Wave(side * side * MiniSizes.Vae.EmbedChannels), side, side, tileSize);
        Assert.InRange(scene.LargestPlan, 1, decoding);
        scene.Banded.Encode(Scene.Wave(64 * side * side * 3), 8 * side, 8 * side, denoise: false, 8 * tileSize);
        Assert.InRange(scene.LargestPlan, 1, Math.Max(encoding, decoding));
    }

    [Fact]
    public void Smaller_bands_are_known_to_need_less()
    {
        using Scene scene = new();
        long large = scene.Banded.NeedToDecode(64, 64, 64).TotalBytes;
        long small = scene.Banded.NeedToDecode(64, 64, 16).TotalBytes;
        long whole = scene.Measure(scene.Vae.DescribeDecoding(1, 64, 64));
        Assert.InRange(small, whole / 8, large / 2);

        // Two images of the finest level at most, in channels of the mini model's autoencoder, are what no band can go below.
        long finest = 512L * 512 * MiniSizes.Vae.Channels * sizeof(float);
        Assert.InRange(small, finest, 3 * finest);
    }

    private sealed class Scene : IDisposable
    {
        private readonly CpuBackend _backend = new();

        public Scene()
        {
            Vae = new Autoencoder(MiniModel.OpenWeights(), MiniSizes.Vae);
            Banded = new BandedAutoencoder(Vae, MiniSizes.Vae, _backend, PlanOptions.Default, Count);
        }

        public Autoencoder Vae { get; }

        public BandedAutoencoder Banded { get; }

        public double Flops { get; private set; }

        public long LargestArena { get; private set; }

        public long LargestPlan { get; private set; }

        public static float[] Wave(int length) =>
            [.. Enumerable.Range(0, length).Select(i => (float)(Math.Sin(0.7 * i) * Math.Cos(0.013 * i)))];

        public float[] Run(Graph graph, string input, float[] elements, string output)
        {
            using CpuPlan plan = _backend.Compile(graph);
            plan.SetInput(input, elements);
            plan.Run();
            return plan.Read(output, (int)graph.Outputs[output].Shape.ElementCount);
        }

        public long Measure(Graph graph) => _backend.Measure(graph).TotalBytes;

        public long ArenaOf(Graph graph)
        {
            using CpuPlan plan = _backend.Compile(graph);
            return plan.ArenaBytes;
        }

        public void Dispose()
        {
            Assert.Equal(0, _backend.WeightBytes);
            _backend.Dispose();
        }

        private void Count(IPlan plan, Graph graph)
        {
            Flops += GraphCost.Flops(graph);
            LargestArena = Math.Max(LargestArena, plan.ArenaBytes);
            LargestPlan = Math.Max(LargestPlan, plan.ArenaBytes + _backend.WeightBytes);
            plan.Run();
        }
    }
}
