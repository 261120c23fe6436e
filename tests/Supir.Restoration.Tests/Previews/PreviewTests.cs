using Supir.Engine.Cpu;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Previews;
using Supir.Restoration.Tests.Options;
using Xunit;

namespace Supir.Restoration.Tests.Previews;

public sealed class PreviewTests
{
    [Fact]
    public void Colours_that_are_a_linear_function_of_the_channels_are_found_exactly()
    {
        const int width = 5;
        const int height = 3;
        const int channels = 4;
        const int scale = 8;
        float[] latent = [.. Enumerable.Range(0, width * height * channels).Select(i => MathF.Sin(i * 1.7f))];
        FloatImage picture = new(width * scale, height * scale);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                ReadOnlySpan<float> place = latent.AsSpan(((y / scale * width) + (x / scale)) * channels, channels);
                float[] colour = [(0.3f * place[0]) - (0.2f * place[3]), 0.1f + (0.4f * place[1]), (0.25f * place[2]) - 0.3f];

                // What varies within a place must not count: its mean is 0.
                float ripple = x % 2 == 0 ? 0.2f : -0.2f;
                for (int c = 0; c < 3; c++)
                {
                    picture.Row(y)[(x * 3) + c] = colour[c] + ripple;
                }
            }
        }

        Picture drawn = LatentColours.Learn(latent, channels, picture).Draw(latent, width);

        Assert.Equal((width, height), (drawn.Width, drawn.Height));
        for (int place = 0; place < width * height; place++)
        {
            ReadOnlySpan<float> z = latent.AsSpan(place * channels, channels);
            Assert.InRange(drawn.Pixels[place * 3] - Level((0.3f * z[0]) - (0.2f * z[3])), -1, 1);
            Assert.InRange(drawn.Pixels[(place * 3) + 1] - Level(0.1f + (0.4f * z[1])), -1, 1);
            Assert.InRange(drawn.Pixels[(place * 3) + 2] - Level((0.25f * z[2]) - 0.3f), -1, 1);
        }
    }

    [Fact]
    public void A_latent_whose_channels_do_not_vary_is_drawn_too()
    {
        Picture drawn = LatentColours.Learn(new float[4 * 16], 16, new FloatImage(16, 16)).Draw(new float[4 * 16], 2);

        Assert.All(drawn.Pixels.ToArray(), level => Assert.InRange(level, 127, 128));
    }

    [Theory]
    [InlineData("SUPIR_mini", 1)]
    [InlineData("SUPIR_mini", 2)]
    [InlineData("tiled", 1)]
    public void The_last_preview_looks_like_the_result_and_watching_changes_nothing(string model, int samples)
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"));
        if (model == "tiled")
        {
            options = options with { Sampler = options.Sampler with { Kind = SamplerKind.TiledRestoreEdm, Tiles = new TileOptions(12, 8) } };
        }

        Picture input = PictureFile.Load(RepositoryFile.PathOf("samples/bee.jpg"));
        RestorationSettings settings = SettingsResolver.Resolve(
            options,
            new Dictionary<string, string?> { ["edm_steps"] = "3", ["min_size"] = "128", ["color_fix_type"] = "None", ["num_samples"] = $"{samples}" },
            ComputeDevice.Cpu);
        using CpuBackend backend = new();
        using Restorer restorer = new(options, settings.Variant, backend);
        Restored unseen = restorer.Restore(input, settings);
        Watcher watcher = new();
        restorer.Previews = watcher;

        Restored restored = restorer.Restore(input, settings);

        Assert.True(restored.Picture.Pixels.SequenceEqual(unseen.Picture.Pixels));
        Assert.Equal([RestorationStage.Stage1, RestorationStage.Sample, RestorationStage.Sample, RestorationStage.Sample], watcher.Seen.Select(seen => seen.Stage));
        Assert.Equal([0, 1, 2, 3], watcher.Seen.Select(seen => seen.Step));
        Picture last = watcher.Seen[^1].Picture;
        Assert.Equal((restored.Size.Width / 8, restored.Size.Height / 8), (last.Width, last.Height));
        Picture small = PillowBicubic.Resize(restored.Picture, last.Width, last.Height);
        double likeness = Correlation(small, last);
        Assert.InRange(likeness, 0.85, 1);
        Assert.InRange(Correlation(small, watcher.Seen[1].Picture), 0.2, likeness - 0.1);
    }

    [Fact]
    public void Stage_1_alone_is_what_a_whole_run_shows_of_it()
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"));
        Picture input = PictureFile.Load(RepositoryFile.PathOf("samples/bee.jpg"));
        RestorationSettings settings = SettingsResolver.Resolve(
            options, new Dictionary<string, string?> { ["edm_steps"] = "1", ["min_size"] = "128" }, ComputeDevice.Cpu);
        using CpuBackend backend = new();
        using Restorer restorer = new(options, settings.Variant, backend);
        Watcher watcher = new();
        restorer.Previews = watcher;
        restorer.Restore(input, settings);

        Picture alone = restorer.Clean(input, settings, shorterSide: null);

        Assert.True(alone.Pixels.SequenceEqual(watcher.Seen[0].Picture.Pixels));
    }

    private static double Correlation(Picture one, Picture other)
    {
        double[] a = [.. one.Pixels.ToArray().Select(level => (double)level)];
        double[] b = [.. other.Pixels.ToArray().Select(level => (double)level)];
        double meanA = a.Average();
        double meanB = b.Average();
        double product = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return product / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    private static int Level(float value) => (int)Math.Round(Math.Clamp((value * 127.5) + 127.5, 0, 255));

    private sealed class Watcher : IProgress<RestorationPreview>
    {
        public List<RestorationPreview> Seen { get; } = [];

        public void Report(RestorationPreview value) => Seen.Add(value);
    }
}
