using System.Text.Json.Nodes;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>A server whose captioner is LLaVA in the engine: the goldens' tiny one.</summary>
public sealed class LlavaTests : IDisposable
{
    private const string Short = """{"caption_temperature":0}""";

    /// <summary>A run that needs more memory than stage 1 of a captioner's picture.</summary>
    private const string Wide = """{"min_size":640,"edm_steps":1}""";

    private readonly TinyLlava _files = new(name => name);
    private readonly CountingBackend _device = new();

    [Fact]
    public async Task It_stays_beside_the_jobs_networks_and_all_go_before_the_device()
    {
        await using (RunningServer server = await Start(ComputeDevice.Cuda))
        {
            Assert.NotEmpty(await Caption(server));
            int ofLlava = _device.Plans;
            await server.WaitFor(await server.Post(), "succeeded");
            int ofBoth = _device.Plans;
            Assert.InRange(ofLlava, 1, ofBoth - 1);
            await Caption(server);
            await server.WaitFor(await server.Post(), "succeeded");
            Assert.Equal(ofBoth, _device.Plans);
        }

        Assert.Equal(0, _device.PlansLeft);
    }

    [Fact]
    public async Task It_goes_before_a_job_that_has_no_room_beside_it_and_comes_back_when_it_is_asked()
    {
        await using RunningServer server = await Start(ComputeDevice.Cpu, NeedOf(Wide) + 1);
        string first = await Caption(server);
        Assert.True(_device.Plans > 0);
        await server.WaitFor(await server.Post(Wide), "succeeded");
        Assert.Equal(0, _device.Plans);
        Assert.Equal(first, await Caption(server));
    }

    [Fact]
    public async Task While_a_job_runs_it_takes_no_more_than_that_leaves()
    {
        await using RunningServer server = await Start(ComputeDevice.Cpu, NeedOf(RunningServer.Endless) + 1);
        string job = await server.Post(RunningServer.Endless);
        await server.Client.FirstEvent(job, "preview", _ => true);

        (int status, string detail) = await RunningServer.Problem(await Ask(server));
        Assert.Equal(503, status);
        Assert.EndsWith("The job that is running needs the rest; ask again when it is done.", detail, StringComparison.Ordinal);

        await server.Client.DeleteAsync($"/api/v1/jobs/{job}");
        await server.WaitFor(job, "cancelled");
        await server.WaitFor(await server.Post(), "succeeded");
        Assert.NotEmpty(await Caption(server));
    }

    [Fact]
    public async Task On_a_device_of_its_own_it_stays_whatever_a_job_takes_and_goes_before_that_device()
    {
        CountingBackend own = new();
        await using (RunningServer server = await Start(ComputeDevice.Cpu, NeedOf(Wide) + 1, own))
        {
            await Caption(server);
            int plans = own.Plans;
            await server.WaitFor(await server.Post(Wide), "succeeded");
            Assert.Equal((plans, 0), (own.Plans, _device.Plans));
            Assert.True(plans > 0);
        }

        Assert.Equal(0, own.PlansLeft);
    }

    [Fact]
    public async Task After_its_device_broke_down_it_is_loaded_anew()
    {
        FaultyBackend own = new(new CpuBackend(1));
        await using RunningServer server = await Start(ComputeDevice.Cpu, null, own);
        string first = await Caption(server);
        own.IsBroken = true;
        (int status, string detail) = await RunningServer.Problem(await Ask(server));
        own.IsBroken = false;

        Assert.Equal((503, "cuLaunchKernel returned IllegalAddress (700)."), (status, detail));
        Assert.Equal(first, await Caption(server));
    }

    public void Dispose() => _files.Dispose();

    private static long NeedOf(string parameters)
    {
        using CountingBackend device = new();
        ModelOptions model = OptionsFile.Load(RunningServer.CloneFile("options", "SUPIR_mini.yaml"));
        using Restorer restorer = new(model, SupirVariant.Quality, [device]);
        Dictionary<string, string?> values = JsonNode.Parse(parameters)!.AsObject().ToDictionary(value => value.Key, value => (string?)value.Value!.ToString());
        Picture picture = PictureFile.Decode(TestPicture.Png(), "old.png");
        return restorer.PlanMemory(picture, SettingsResolver.Resolve(model, values, ComputeDevice.Cpu)).Bytes;
    }

    private static async Task<string> Caption(RunningServer server)
    {
        using HttpResponseMessage response = await Ask(server);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["caption"]!.GetValue<string>();
    }

    private static async Task<HttpResponseMessage> Ask(RunningServer server)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), Short);
        return await server.Client.PostAsync("/api/v1/captions", form);
    }

    private Task<RunningServer> Start(ComputeDevice kind, long? limit = null, IBackend? own = null) => RunningServer.Start(options => options with
    {
        Devices = [RunningServer.Device("device", _device, kind) with { MemoryLimit = limit }],
        Captioner = new CaptionerChoice { Llava = new LlavaOptions(_files.Folder), Options = new CaptionOptions { MaxTokens = 4 }, Cache = null },
        OpenCaptionDevice = () => own,
    });
}
