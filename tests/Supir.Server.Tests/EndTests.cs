using Supir.Restoration.Options;
using Xunit;

namespace Supir.Server.Tests;

public sealed class EndTests
{
    [Fact]
    public async Task Networks_that_stay_on_a_device_go_before_it()
    {
        CountingBackend device = new();
        await using (RunningServer server = await RunningServer.Start(options => options with { Devices = [RunningServer.Device("cuda:0", device, ComputeDevice.Cuda)] }))
        {
            await server.WaitFor(await server.Post(), "succeeded");
            Assert.True(device.Plans > 0);
        }

        Assert.Equal(0, device.PlansLeft);
    }
}
