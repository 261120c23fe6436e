using System.Text.Json.Nodes;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Server.Tests;

public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_that_breaks_down_fails_the_job_in_words_and_the_next_one_goes_on()
    {
        FaultyBackend device = new(new CpuBackend(1)) { IsBroken = true };
        await using RunningServer server = await RunningServer.Start(options => options with { Devices = [RunningServer.Device("cuda:7", device)] });

        JsonNode failed = await server.WaitFor(await server.Post(), "failed");
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage stage1 = await server.Client.PostAsync("/api/v1/stage1", form);
        device.IsBroken = false;

        Assert.Equal(
            "GPU 7, a test's: cuLaunchKernel returned IllegalAddress (700). The other jobs go on; if they fail, too, start the server anew, or with another --device.",
            failed["error"]!.GetValue<string>());
        Assert.Equal((503, "cuLaunchKernel returned IllegalAddress (700)."), await RunningServer.Problem(stage1));
        using MultipartFormDataContent again = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage mended = await server.Client.PostAsync("/api/v1/stage1", again);
        Assert.Equal(200, (int)mended.StatusCode);
        await server.WaitFor(await server.Post(), "succeeded");
        Assert.Equal("ok", (await server.Get("/api/v1/health"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Networks_that_lay_on_a_device_when_it_broke_down_are_brought_there_anew()
    {
        FaultyBackend device = new(new CpuBackend(1));
        await using RunningServer server = await RunningServer.Start(
            options => options with { Devices = [RunningServer.Device("cuda:7", device, ComputeDevice.Cuda)] });

        await server.WaitFor(await server.Post(), "succeeded");
        device.IsBroken = true;
        await server.WaitFor(await server.Post(), "failed");
        device.IsBroken = false;

        await server.WaitFor(await server.Post(), "succeeded");
    }

    [Fact]
    public async Task A_job_may_choose_its_device_which_is_opened_when_it_is_needed()
    {
        int opened = 0;
        IReadOnlyList<IBackend> Open()
        {
            opened++;
            return [new FaultyBackend(new CpuBackend(1))];
        }

        await using RunningServer server = await RunningServer.Start(
            options => options with { Devices = [.. options.Devices, new ServerDevice("cuda:7", "GPU 7", ComputeDevice.Cpu, Open)] });
        Assert.Equal(
            [("cpu", true), ("cuda:7", false)],
            (await server.Get("/api/v1/devices")).AsArray().Select(device => (device!["id"]!.GetValue<string>(), device["isDefault"]!.GetValue<bool>())));

        JsonNode usual = await server.WaitFor(await server.Post(), "succeeded");
        Assert.Equal(0, opened);
        string chosen = """{"min_size":64,"edm_steps":1,"device":"cuda:7"}""";
        JsonNode first = await server.WaitFor(await server.Post(chosen), "succeeded");
        await server.WaitFor(await server.Post(chosen), "succeeded");
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), """{"device":"cuda:8"}""");
        using HttpResponseMessage unknown = await server.Client.PostAsync("/api/v1/jobs", form);

        Assert.Equal(1, opened);
        Assert.StartsWith("CPU", usual["device"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(FaultyBackend.Name, first["device"]!.GetValue<string>());
        Assert.Equal((400, "device: there is none of that name; there are cpu; cuda:7."), await RunningServer.Problem(unknown));
    }
}
