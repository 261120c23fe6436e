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
        float[] latent = Scene.Wave(height * width * MiniModel.Vae.EmbedChannels);
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

        scene.Banded.Decode(Scene.Wave(side * side * MiniModel.Vae.EmbedChannels), side, side, tileSize: 8);

        Assert.InRange(scene.Flops / GraphCost.Flops(graph), 1, 2);
        Assert.InRange(scene.LargestArena, 1, scene.ArenaOf(graph) / 3);
    }

    private sealed class Scene : IDisposable
    {
        private readonly CpuBackend _backend = new();

        public Scene()
        {
            Vae = new Autoencoder(MiniModel.OpenWeights(), MiniModel.Vae);
            Banded = new BandedAutoencoder(Vae, MiniModel.Vae, _backend, PlanOptions.Default, Count);
        }

        public Autoencoder Vae { get; }

        public BandedAutoencoder Banded { get; }

        public double Flops { get; private set; }

        public long LargestArena { get; private set; }

        public static float[] Wave(int length) =>
            [.. Enumerable.Range(0, length).Select(i => (float)(Math.Sin(0.7 * i) * Math.Cos(0.013 * i)))];

        public float[] Run(Graph graph, string input, float[] elements, string output)
        {
            using CpuPlan plan = _backend.Compile(graph);
            plan.SetInput(input, elements);
            plan.Run();
            return plan.Read(output, (int)graph.Outputs[output].Shape.ElementCount);
        }

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
            plan.Run();
        }
    }
}
