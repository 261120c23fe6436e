using Supir.Engine;
using Supir.Engine.Cuda.Libraries;
using Supir.Restoration;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Devices.Tests;

public sealed class DeviceChoiceTests
{
    private static readonly CudaInventory None = new([], [], null, [], "NVIDIA's driver (libcuda.so.1) is not there");

    private static readonly CudaInventory Two = new(
        [], [], "13.0", [new(0, "An old one", 61, 8_000_000_000), new(1, "H100", 90, 80_000_000_000), new(2, "H100", 90, 80_000_000_000)], null);

    [Fact]
    public void A_GPU_is_the_default_where_one_can_be_used()
    {
        DeviceChoice choice = DeviceChoice.Of(null, () => Two);
        Assert.Equal(ComputeDevice.Cuda, choice.Kind);
        Assert.Equal([1], choice.Gpus);
    }

    [Fact]
    public void Without_a_GPU_the_processor_computes_and_says_why()
    {
        DeviceChoice choice = DeviceChoice.Of(null, () => None);
        Assert.Equal(ComputeDevice.Cpu, choice.Kind);

        using DeviceSet devices = DeviceSet.Open(choice, threads: 1);
        Assert.Single(devices.Backends);
        Assert.Contains("libcuda.so.1", devices.Description, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', devices.Description);
    }

    [Fact]
    public void The_processor_is_taken_at_its_word_and_nothing_is_looked_for()
    {
        DeviceChoice choice = DeviceChoice.Of("cpu", () => throw new InvalidOperationException());
        using DeviceSet devices = DeviceSet.Open(choice, threads: 1);
        Assert.DoesNotContain("GPU", devices.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda", new[] { 1 })]
    [InlineData("cuda:2", new[] { 2 })]
    [InlineData("cuda:2,cuda:1", new[] { 2, 1 })]
    [InlineData("cuda:1, cuda:2", new[] { 1, 2 })]
    public void GPUs_are_taken_in_the_order_in_which_they_are_named(string device, int[] expected) =>
        Assert.Equal(expected, DeviceChoice.Of(device, () => Two).Gpus);

    [Theory]
    [InlineData("gpu")]
    [InlineData("CUDA")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:0,1")]
    [InlineData("cuda:1,cuda:1")]
    [InlineData("cpu,cuda:0")]
    public void Other_spellings_are_refused_with_what_can_be_said(string device)
    {
        OptionException error = Assert.Throws<OptionException>(() => DeviceChoice.Of(device, () => Two));
        Assert.Contains("--device", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("cuda:1,cuda:3")]
    public void GPUs_that_are_not_there_or_too_old_are_refused_with_those_that_are(string device)
    {
        DeviceException error = Assert.Throws<DeviceException>(() => DeviceChoice.Of(device, () => Two));
        Assert.Contains("cuda:1 (H100), cuda:2 (H100)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GPU_that_is_asked_for_and_missing_is_an_error_that_names_what_is_missing()
    {
        DeviceException error = Assert.Throws<DeviceException>(() => DeviceChoice.Of("cuda", () => None));
        Assert.Contains("libcuda.so.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("--device cpu", error.Message, StringComparison.Ordinal);
    }
}
