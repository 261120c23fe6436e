using System.Text.Json.Nodes;
using Supir.Engine.Cpu;
using Xunit;

namespace Supir.Server.Tests;

public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_that_breaks_down_fails_the_job_in_words_and_the_next_one_goes_on()
    {
        FaultyBackend device = new(new CpuBackend(1)) { IsBroken = true };
        await using RunningServer server = await RunningServer.Start(options => options with { OpenBackends = () => [device] });

        JsonNode failed = await server.WaitFor(await server.Post(), "failed");
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage stage1 = await server.Client.PostAsync("/api/v1/stage1", form);
        device.IsBroken = false;

        Assert.Equal(
            "GPU 7, a test's: cuLaunchKernel returned IllegalAddress (700). The other jobs go on; if they fail, too, start the server anew, or with another --device.",
            failed["error"]!.GetValue<string>());
        Assert.Equal((503, "cuLaunchKernel returned IllegalAddress (700)."), await RunningServer.Problem(stage1));
        await server.WaitFor(await server.Post(), "succeeded");
        Assert.Equal("ok", (await server.Get("/api/v1/health"))["status"]!.GetValue<string>());
    }
}
