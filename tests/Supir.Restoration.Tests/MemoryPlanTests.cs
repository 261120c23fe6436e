using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Imaging;
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
        MemoryPlan plan = MemoryPlan.Choose(Need, limit * Gigabyte, 1024, 1024, _ => default);
        Assert.Equal(expected, plan.Precision);
        Assert.InRange(plan.Bytes, Need(expected).TotalBytes, limit * Gigabyte);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_would()
    {
        DeviceMemoryException error = Assert.Throws<DeviceMemoryException>(
            () => MemoryPlan.Choose(Need, 4_500_000_000, 1024, 768, part => new PlanNeed((long)(Gigabyte * part * part), 4 * Gigabyte)));
        Assert.Contains("1024×768", error.Message, StringComparison.Ordinal);
        Assert.Contains("512×384", error.Message, StringComparison.Ordinal);
        Assert.Contains("4.5 GB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restorer_plans_before_it_runs_and_refuses_before_it_starts()
    {
        Picture input = PictureFile.Load(Golden.PathOf("input_96.png"));
        using CpuBackend backend = new();
        using Restorer restorer = MiniModel.OpenRestorer(backend);
        Supir.Restoration.Options.RestorationSettings settings = MiniModel.Settings(("edm_steps", "1"), ("min_size", "128"));

        MemoryPlan planned = restorer.PlanMemory(input, settings);
        Assert.Equal(planned.Bytes, restorer.Restore(input, settings).Memory.Bytes);

        restorer.MemoryLimit = 1_000_000;
        Assert.Throws<DeviceMemoryException>(() => restorer.Restore(input, settings));
    }

    private static PlanNeed Need(WeightPrecision precision) =>
        new(Gigabyte, precision == WeightPrecision.AsStored ? 8 * Gigabyte : 4 * Gigabyte);
}
