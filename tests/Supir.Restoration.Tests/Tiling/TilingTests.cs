using Supir.Engine;
using Supir.Restoration.Guidance;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Supir.Restoration.Tests.Sampling;
using Supir.Restoration.Tiling;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Tiling;

public class TilingTests
{
    [Fact]
    public void The_weights_of_the_reference_are_its_own()
    {
        float[] expected = GoldenTensors.Open("mini.safetensors").Floats("tile_weights.16");

        Assertions.Close(expected, Array.ConvertAll(TileWeights.Gaussian(16, 16, asReference: true), x => (float)x), relative: 1e-6);
    }

    [Fact]
    public void Precise_weights_are_the_same_from_every_side()
    {
        double[] weights = TileWeights.Gaussian(6, 8, asReference: false);

        for (int i = 0; i < weights.Length; i++)
        {
            Assert.Equal(weights[i], weights[weights.Length - 1 - i], 1e-12);
            Assert.Equal(weights[i], weights[(i / 8 * 8) + 7 - (i % 8)], 1e-12);
        }
    }

    [Fact]
    public void Tiles_are_the_references_windows()
    {
        TileGrid grid = new(32, 48, new TileOptions(16, 12));

        Assert.Equal([0, 12, 16], grid.Windows.Select(window => window.Top).Distinct());
        Assert.Equal([0, 12, 24, 32], grid.Windows.Select(window => window.Left).Distinct());
        Assert.Equal(12, grid.Windows.Count);
        Assert.Equal(9, new TileGrid(256, 256, new TileOptions(128, 64)).Windows.Count);
        Assert.Equal(49, new TileGrid(512, 512, new TileOptions(128, 64)).Windows.Count);
    }

    [Theory]
    [InlineData(8, 8, 16, 8, 4)]
    [InlineData(8, 40, 16, 12, 4)]
    [InlineData(36, 20, 10, 7, 4)]
    [InlineData(64, 64, 13, 13, 1)]
    public void Any_size_is_covered_by_tiles_within_it(int height, int width, int size, int stride, int multiple)
    {
        TileGrid grid = new(height, width, new TileOptions(size, stride), multiple);
        bool[] covered = new bool[height * width];

        foreach (TileWindow window in grid.Windows)
        {
            Assert.Equal((grid.TileHeight, grid.TileWidth), (window.Height, window.Width));
            Assert.InRange(window.Top, 0, height - window.Height);
            Assert.InRange(window.Left, 0, width - window.Width);
            Assert.Equal(0, window.Height % multiple);
            for (int i = 0; i < window.Height * window.Width; i++)
            {
                covered[((window.Top + (i / window.Width)) * width) + window.Left + (i % window.Width)] = true;
            }
        }

        Assert.DoesNotContain(false, covered);
    }

    [Fact]
    public void Tiles_that_agree_blend_to_what_they_were_cut_from_for_every_sample()
    {
        TileGrid grid = new(12, 20, new TileOptions(8, 5));
        LatentTiles tiles = new(grid, 3, TileWeights.Gaussian(8, 8, asReference: false), SigmaRounding.None, latents: 2);
        float[] whole = [.. Enumerable.Range(0, tiles.WholeLength).Select(i => MathF.Sin(i))];

        Assertions.Close(whole, tiles.Blend(tiles.Gather(whole)), absolute: 1e-6);
    }

    [Fact]
    public void Rounded_sums_are_rounded_after_every_tile()
    {
        TileGrid grid = new(1, 1, new TileOptions(1, 1));
        LatentTiles one = new(grid, 1, [1.00390625], SigmaRounding.BFloat16);

        // bfloat16 has 8 bits: the weights' sum 1.00390625 becomes 1, the product 2.0078125 becomes 2, and 1.0117 becomes 1.015625.
        Assert.Equal([2f], one.Blend([2f]));
        Assert.Equal([1.015625f], one.Blend([1.0078125f]));
    }

    [Fact]
    public void Tiled_output_has_no_seams()
    {
        // A network that sees every tile otherwise: what a caption for each tile can do at worst.
        float[] smooth = Sample(TileWeights.Gaussian(16, 16, asReference: false));
        float[] flat = Sample([.. Enumerable.Repeat(1.0, 256)]);

        Assert.InRange(SeamRatio(smooth), 0, 1.2);
        Assert.InRange(SeamRatio(flat), 2, double.PositiveInfinity);
    }

    [Fact]
    public void Captions_come_from_lines_or_from_json()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "a red bird\r\n\n a blue house\n\n");
            Assert.Equal(["a red bird", "", "a blue house"], TileCaptions.Load(file));
            File.WriteAllText(file, " [\"sky, \\\"blue\\\"\", \"grass\"]");
            Assert.Equal(["sky, \"blue\"", "grass"], TileCaptions.Load(file));
            foreach (string fault in new[] { "", " \n", "[1]", "[\"open", "[]" })
            {
                File.WriteAllText(file, fault);
                Assert.Contains(file, Assert.Throws<OptionException>(() => TileCaptions.Load(file)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_map_marks_borders_and_numbers_and_leaves_the_rest()
    {
        TileGrid grid = new(16, 24, new TileOptions(16, 8));
        Picture map = TileMap.Draw(new Picture(192, 128, new byte[192 * 128 * 3]), grid, 8);

        Assert.NotEqual([0, 0, 0], map.Row(0)[..3].ToArray());
        Assert.NotEqual([0, 0, 0], map.Row(60).Slice(64 * 3, 3).ToArray());
        Assert.Equal([0, 0, 0], map.Row(5).Slice(10 * 3, 3).ToArray());
        Assert.Contains((byte)255, map.Row(64)[(40 * 3)..(90 * 3)].ToArray());
        Assert.Throws<ArgumentException>(() => TileMap.Draw(map, grid, 9));
    }

    private static float[] Sample(double[] weights)
    {
        TileGrid grid = new(32, 48, new TileOptions(16, 12));
        LatentTiles tiles = new(grid, 1, weights, SigmaRounding.None);
        SamplerParameters parameters = new() { Guidance = new LinearGuidance(1, 1), ControlScale = new LinearControlScale(1, 1) };
        SamplerOptions options = new() { Kind = SamplerKind.TiledRestoreEdm, Schedule = DdpmScheduleOptions.StableDiffusion };
        LatentNoise noise = new(new WaveGenerator(), new Shape(1, 32, 48, 1), tiles);
        return tiles.Blend(SamplerSelection.Run(
            options,
            new GuidedDenoiser(new EachTileItsOwn(tiles.Count), new DiscreteDenoiser(DenoiserOptions.StableDiffusion), parameters, default),
            SamplerSelection.Sigmas(options, 8), new float[noise.Length], [], noise, () => throw new InvalidOperationException(), parameters, tiles, null));
    }

    /// <summary>The mean step across the borders of tiles over the largest of the mean steps between other columns.</summary>
    private static double SeamRatio(float[] latent)
    {
        double[] steps = [.. Enumerable.Range(0, 47).Select(column => Enumerable.Range(0, 32).Average(row => Math.Abs(latent[(row * 48) + column + 1] - latent[(row * 48) + column])))];
        int[] borders = [11, 15, 23, 27, 31, 39];
        return borders.Max(column => steps[column]) / steps.Where((_, column) => !borders.Contains(column)).Max();
    }

    private sealed class EachTileItsOwn(int tiles) : INoisePredictor
    {
        public void Predict(
            ReadOnlySpan<float> latent, float timestep, float controlScale, Span<float> unconditional, Span<float> conditional, CancellationToken cancellationToken)
        {
            int length = latent.Length / tiles;
            for (int i = 0; i < latent.Length; i++)
            {
                conditional[i] = (0.8f * latent[i]) + (0.3f * MathF.Sin(2.3f * (i / length)));
            }
        }
    }
}
