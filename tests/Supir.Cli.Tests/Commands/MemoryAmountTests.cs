using Supir.Cli.Commands;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class MemoryAmountTests
{
    [Fact]
    public void A_limit_is_of_the_memory_of_what_computes()
    {
        Assert.Equal(8_000_000_000, MemoryAmount.Limit(ComputeDevice.Cpu, "8", null));
        Assert.Equal(5_500_000_000, MemoryAmount.Limit(ComputeDevice.Cuda, null, "5.5"));
        Assert.Null(MemoryAmount.Limit(ComputeDevice.Cuda, null, null));
        Assert.Contains("--vram", Assert.Throws<OptionException>(() => MemoryAmount.Limit(ComputeDevice.Cpu, null, "8")).Message, StringComparison.Ordinal);
        Assert.Contains("--ram", Assert.Throws<OptionException>(() => MemoryAmount.Limit(ComputeDevice.Cuda, "8", null)).Message, StringComparison.Ordinal);
        Assert.Contains("--vram", Assert.Throws<OptionException>(() => MemoryAmount.Limit(ComputeDevice.Cuda, null, "lots")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_changed_so_that_a_run_fits_is_said()
    {
        MemoryPlan plan = new(5_500_000_000, 6_000_000_000, WeightPrecision.EightBit) { IsOnGpu = true, ResidentWeightBytes = 1, HostBytes = 2_000_000_000, AddsBands = true };
        string text = MemoryAmount.Describe(plan);
        Assert.Contains("5.50 GB of GPU memory of the 6.0 GB", text, StringComparison.Ordinal);
        Assert.Contains("8 bits", text, StringComparison.Ordinal);
        Assert.Contains("2.0 GB of weights waiting", text, StringComparison.Ordinal);
        Assert.Contains("bands", text, StringComparison.Ordinal);
        Assert.Equal("needs 1.00 GB of memory of the 2.0 GB there are", MemoryAmount.Describe(new MemoryPlan(1_000_000_000, 2_000_000_000, WeightPrecision.AsStored)));
    }

    [Fact]
    public void A_small_need_is_told_to_the_megabyte() =>
        Assert.StartsWith("needs 0.232 GB of memory", MemoryAmount.Describe(new MemoryPlan(232_400_000, 2_000_000_000, WeightPrecision.AsStored)), StringComparison.Ordinal);
}
