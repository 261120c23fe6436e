using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests;

public sealed class MemoryPlanTests
{
    private const long Gigabyte = 1_000_000_000;

    [Theory]
    [InlineData(12, WeightPrecision.AsStored)]
    [InlineData(8, WeightPrecision.EightBit)]
    public void Weights_are_kept_in_eight_bits_where_they_do_not_fit_as_stored(long limit, WeightPrecision expected)
    {
        MemoryPlan plan = MemoryPlanner.Choose(Question(), Bounds(limit, isOnGpu: false));
        Assert.Equal(expected, plan.Precision);
        Assert.InRange(plan.Bytes, NeedOf(1, new WeightKeeping(expected, null)).TotalBytes, limit * Gigabyte);
        Assert.Null(plan.ResidentWeightBytes);
        Assert.Equal(expected != WeightPrecision.AsStored, plan.IsConfined);
    }

    [Fact]
    public void Fewer_tiles_at_a_time_come_before_rounding_of_weights()
    {
        MemoryPlan plan = MemoryPlanner.Choose(Question() with { TileBatch = 4 }, Bounds(11, isOnGpu: true));
        Assert.Equal((WeightPrecision.AsStored, 2, true), (plan.Precision, plan.TileBatch, plan.IsConfined));
    }

    [Fact]
    public void On_a_GPU_weights_wait_in_the_machines_memory_where_eight_bits_do_not_fit_either()
    {
        MemoryPlan plan = MemoryPlanner.Choose(Question(), Bounds(4, isOnGpu: true));
        Assert.Equal(WeightPrecision.EightBit, plan.Precision);
        Assert.Equal(4 * Gigabyte, plan.Bytes);
        Assert.Equal(Gigabyte, plan.HostBytes);
        Assert.Throws<DeviceMemoryException>(() => MemoryPlanner.Choose(Question(), Bounds(4, isOnGpu: false)));
        Assert.Throws<DeviceMemoryException>(() => MemoryPlanner.Choose(Question(), Bounds(4, isOnGpu: true) with { HostBytes = Gigabyte / 2 }));
    }

    [Fact]
    public void A_required_precision_is_kept_and_its_weights_are_streamed_where_they_do_not_fit()
    {
        MemoryPlan plan = MemoryPlanner.Choose(Question() with { Precision = WeightPrecision.AsStored }, Bounds(8, isOnGpu: true));
        Assert.Equal((WeightPrecision.AsStored, true), (plan.Precision, plan.IsConfined));
        Assert.Equal(Gigabyte, plan.HostBytes);
        Assert.False(MemoryPlanner.Choose(Question() with { Precision = WeightPrecision.EightBit }, Bounds(8, isOnGpu: true)).IsConfined);
    }

    [Fact]
    public void The_autoencoder_works_in_bands_where_the_whole_picture_does_not_fit()
    {
        MemoryQuestion question = Question() with { Pictures = bands => new PlanNeed(bands is null ? 30 * Gigabyte : bands.EncoderTileSize * Gigabyte / 100, 0) };
        MemoryPlan plan = MemoryPlanner.Choose(question, Bounds(12, isOnGpu: true));
        Assert.Equal((512, true, true), (plan.Bands?.EncoderTileSize, plan.AddsBands, plan.IsConfined));
        Assert.Equal(256, MemoryPlanner.Choose(question, Bounds(5, isOnGpu: true)).Bands?.EncoderTileSize);

        TiledVaeOptions asked = new(100, 8);
        MemoryPlan plain = MemoryPlanner.Choose(question with { Bands = asked }, Bounds(12, isOnGpu: true));
        Assert.Equal((asked, false, false), (plain.Bands, plain.AddsBands, plain.IsConfined));

        // Bands that would take no less than the whole picture are not what was asked for.
        MemoryPlan small = MemoryPlanner.Choose(Question() with { Bands = asked, Pictures = _ => new PlanNeed(Gigabyte, 0) }, Bounds(12, isOnGpu: true));
        Assert.Null(small.Bands);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_would()
    {
        MemoryQuestion question = Question() with { Height = 768, Smaller = part => new PlanNeed((long)(Gigabyte * part * part), 4 * Gigabyte) };
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(
            () => MemoryPlanner.Choose(question, Bounds(0, isOnGpu: false) with { LimitBytes = 4_400_000_000 }));
        Assert.Contains("1024×768", error.Message, StringComparison.Ordinal);
        Assert.Contains("512×384", error.Message, StringComparison.Ordinal);
        Assert.Contains("4.4 GB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_are_kept_only_where_all_of_them_fit()
    {
        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        using CpuBackend backend = new();
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "64"));
        long one = restorer.PlanMemory(input, settings).Bytes;
        restorer.KeepsNetworks = true;
        long all = restorer.PlanMemory(input, settings).Bytes;
        Assert.InRange(all, one + 1, long.MaxValue);

        restorer.MemoryLimit = all - 1;
        Assert.Equal(one, restorer.Restore(input, settings).Memory.Bytes);
        Assert.Equal(0, backend.WeightBytes);
    }

    [Fact]
    public void A_restorer_plans_before_it_runs_and_refuses_before_it_starts()
    {
        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        using CpuBackend backend = new();
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "128"));

        MemoryPlan planned = restorer.PlanMemory(input, settings);
        Assert.Equal(planned.Bytes, restorer.Restore(input, settings).Memory.Bytes);

        restorer.MemoryLimit = 1_000_000;
        Assert.Throws<DeviceMemoryException>(() => restorer.Restore(input, settings));
    }

    [Fact]
    public void Bands_are_chosen_where_only_they_fit_and_give_the_same_picture()
    {
        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        using CpuBackend backend = new();
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "384"));
        Restored whole = restorer.Restore(input, settings);
        Assert.Null(whole.Memory.Bands);

        restorer.MemoryLimit = whole.Memory.Bytes - 1;
        Restored banded = restorer.Restore(input, settings);
        Assert.NotNull(banded.Memory.Bands);
        Assert.InRange(banded.Memory.Bytes, 1, whole.Memory.Bytes - 1);
        Assert.Equal(WeightPrecision.AsStored, banded.Memory.Precision);
        int[] differences = [.. whole.Picture.Pixels.ToArray().Zip(banded.Picture.Pixels.ToArray(), (a, b) => Math.Abs(a - b))];
        Assert.InRange(differences.Max(), 0, 1);
    }

    private static MemoryBounds Bounds(long gigabytes, bool isOnGpu) => new(0, gigabytes * Gigabyte, 100 * Gigabyte, isOnGpu);

    private static MemoryQuestion Question() => new()
    {
        Networks = NeedOf,
        Pictures = _ => new PlanNeed(Gigabyte, 0),
        Smaller = _ => new PlanNeed(100 * Gigabyte, 0),
        TileBatch = 1,
        Width = 1024,
        Height = 1024,
    };

    /// <summary>A network with 8 GB of weights, 4 GB in 8 bits, and 1 GB of values for each tile.</summary>
    private static PlanNeed NeedOf(int batch, WeightKeeping weights)
    {
        long all = weights.Precision == WeightPrecision.AsStored ? 8 * Gigabyte : 4 * Gigabyte;
        long resident = Math.Min(all, weights.ResidentBytes ?? all);
        return new PlanNeed(batch * Gigabyte, resident) { HostBytes = all - resident };
    }
}
