using Supir.Engine.Cpu;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests;

public sealed class SeveralDevicesTests
{
    [Theory]
    [InlineData(1, 2, 1, 1)]
    [InlineData(1, 2, 1, 2)]
    [InlineData(1, 2, 4, 5)]
    [InlineData(10, 2, 4, 2)]
    [InlineData(10, 2, 4, 3)]
    [InlineData(9, 1, 4, 2)]
    [InlineData(3, 2, 4, 2)]
    [InlineData(25, 2, 4, 7)]
    public void Every_row_is_computed_once_by_devices_that_work_about_as_long(int latents, int halves, int mostLatents, int devices)
    {
        DiffusionShare share = DiffusionShare.Of(latents, halves, mostLatents, devices);

        Assert.InRange(share.RowsOfRun, 1, mostLatents * halves);
        Assert.InRange(share.Runs.Count, 1, devices);
        Assert.All(share.Runs, runs => Assert.NotEmpty(runs));
        int[] rows = [.. share.Runs.SelectMany(runs => runs).SelectMany(first => Enumerable.Range(first, share.RowsOfRun)).Where(row => row < latents * halves)];
        Assert.Equal(Enumerable.Range(0, latents * halves), rows.Order());
        Assert.InRange(share.Runs[0].Count - share.Runs[^1].Count, 0, 1);
    }

    [Fact]
    public void The_halves_of_one_latent_go_to_two_devices()
    {
        DiffusionShare share = DiffusionShare.Of(latents: 1, halves: 2, mostLatents: 1, devices: 2);
        Assert.Equal(1, share.RowsOfRun);
        Assert.Equal([[0], [1]], share.Runs);
    }

    [Fact]
    public void Runs_of_a_device_with_several_have_whole_latents_so_that_their_texts_stay()
    {
        DiffusionShare share = DiffusionShare.Of(latents: 10, halves: 2, mostLatents: 4, devices: 2);
        Assert.Equal(0, share.RowsOfRun % 2);
        Assert.Equal([2, 2], share.Runs.Select(runs => runs.Count));
    }

    [Fact]
    public void A_picture_is_the_same_on_any_number_of_devices()
    {
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "2"), ("min_size", "64"));
        byte[] alone = Restore(1, MiniModel.Options, settings);
        Assert.Equal(alone, Restore(2, MiniModel.Options, settings));
        Assert.Equal(alone, Restore(3, MiniModel.Options, settings));
    }

    [Fact]
    public void Tiles_with_captions_and_samples_are_the_same_on_any_number_of_devices()
    {
        ModelOptions options = MiniModel.Options with
        {
            Sampler = MiniModel.Options.Sampler with { Kind = SamplerKind.TiledRestoreEdm, Tiles = new TileOptions(8, 4) },
        };
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "128"), ("num_samples", "2"), ("tile_batch", "2")) with
        {
            TileCaptions = ["sky", "cloud", "sun", "tree", "house", "hill", "grass", "path", "bird"],
        };
        Assert.Equal(Restore(1, options, settings), Restore(3, options, settings));
    }

    [Fact]
    public void Kept_networks_serve_the_next_picture_and_change_nothing()
    {
        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        RestorationSettings small = MiniModel.Settings(("edm_steps", "1"), ("min_size", "64"));
        RestorationSettings large = MiniModel.Settings(("edm_steps", "1"), ("min_size", "128"));
        using CpuBackend backend = new();
        using (Restorer restorer = MiniModel.OpenRestorer(backend))
        {
            byte[] first = restorer.Restore(input, small).Picture.Pixels.ToArray();
            Assert.Equal(0, backend.WeightBytes);

            restorer.KeepsNetworks = true;
            Assert.Equal(first, restorer.Restore(input, small).Picture.Pixels.ToArray());
            long kept = backend.WeightBytes;
            Assert.InRange(kept, 1, long.MaxValue);
            restorer.Restore(input, large);
            Assert.Equal(first, restorer.Restore(input, small).Picture.Pixels.ToArray());
            Assert.Equal(kept, backend.WeightBytes);
        }

        Assert.Equal(0, backend.WeightBytes);
    }

    [Fact]
    public void The_failure_of_a_device_is_thrown_as_it_was_when_all_have_ended()
    {
        int ended = 0;
        CheckedFailure thrown = Assert.Throws<CheckedFailure>(() => DeviceThreads.Run(3, device =>
        {
            if (device > 0)
            {
                throw new CheckedFailure(device);
            }

            Thread.Sleep(20);
            ended++;
        }));
        Assert.Equal(1, thrown.Device);
        Assert.Equal(1, ended);
    }

    private static byte[] Restore(int devices, ModelOptions options, RestorationSettings settings)
    {
        CpuBackend[] backends = [.. Enumerable.Range(0, devices).Select(_ => new CpuBackend(1))];
        try
        {
            using Restorer restorer = new(options, backends, MiniModel.OpenWeights());
            Restored restored = restorer.Restore(PictureFile.Load(Golden.PathOf("input_96.png")), settings);
            return [.. restored.Samples.SelectMany(sample => sample.Pixels.ToArray())];
        }
        finally
        {
            Array.ForEach(backends, backend => backend.Dispose());
        }
    }

    private sealed class CheckedFailure(int device) : Exception
    {
        public int Device { get; } = device;
    }
}
