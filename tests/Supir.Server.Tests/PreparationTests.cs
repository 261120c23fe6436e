using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Server.Tests;

public sealed class PreparationTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Stage_1_is_shown_at_once_with_its_gamma_while_a_job_runs()
    {
        string running = await _server.Post(RunningServer.Endless);
        await _server.WaitFor(running, "running");

        Picture plain = await Stage1(null);
        Picture bright = await Stage1("0.5");

        Assert.Equal((614, 512), (plain.Width, plain.Height));
        for (int i = 0; i < plain.Pixels.Length; i += 997)
        {
            Assert.Equal((byte)Math.Round(255 * Math.Sqrt(plain.Pixels[i] / 255.0)), bright.Pixels[i]);
        }

        using MultipartFormDataContent wrong = RunningServer.Form(TestPicture.Png());
        wrong.Add(new StringContent("0"), "gamma");
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/stage1", wrong);
        Assert.Equal((400, "gamma: must be a number from 0.1 to 10."), await RunningServer.Problem(response));
        Assert.Equal("running", (await _server.Get($"/api/v1/jobs/{running}"))["status"]!.GetValue<string>());
        await _server.Client.DeleteAsync($"/api/v1/jobs/{running}");
    }

    [Fact]
    public async Task Tiles_are_those_of_the_sampler()
    {
        JsonNode none = await Tiles(RunningServer.Quick);
        Assert.Empty(none["tiles"]!.AsArray());
        Assert.Equal((64, 64), (none["width"]!.GetValue<int>(), none["height"]!.GetValue<int>()));

        JsonNode tiled = await Tiles("""{"min_size":256,"sampler":"TiledRestoreEDM","tile_size":16,"tile_stride":16}""");

        Assert.Equal((320, 256), (tiled["width"]!.GetValue<int>(), tiled["height"]!.GetValue<int>()));
        Assert.Equal(
            [(0, 0), (128, 0), (192, 0), (0, 128), (128, 128), (192, 128)],
            tiled["tiles"]!.AsArray().Select(tile => (tile!["x"]!.GetValue<int>(), tile["y"]!.GetValue<int>())));
        Assert.All(tiled["tiles"]!.AsArray(), tile => Assert.Equal((128, 128), (tile!["width"]!.GetValue<int>(), tile["height"]!.GetValue<int>())));
    }

    [Fact]
    public async Task A_picture_is_described_by_the_captioner_that_sees_stage_1()
    {
        using ChatServer seer = new("A small red house.");
        await using RunningServer server = await RunningServer.Start(options => options with
        {
            Captioner = new CaptionerChoice { Endpoint = ChatEndpoint.Parse(seer.Address, "seer") },
        });
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage response = await server.Client.PostAsync("/api/v1/captions", form);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("A small red house.", (await response.Content.ReadFromJsonAsync<JsonNode>())!["caption"]!.GetValue<string>());
        string sent = Assert.Single(seer.Requests).Picture;
        Picture seen = PictureFile.Decode(Convert.FromBase64String(sent[(sent.IndexOf(',', StringComparison.Ordinal) + 1)..]), "sent");
        Assert.Equal((614, 512), (seen.Width, seen.Height));
    }

    [Theory]
    [InlineData(0, 0, 0, true, 96, 80)]
    [InlineData(1, 60, 90, true, 60, 90)]
    [InlineData(1, 96, 96, false, 96, 80)]
    public async Task A_tool_for_automatic1111_gets_its_picture_in_the_size_it_wants(int mode, int width, int height, bool crop, int expectedWidth, int expectedHeight)
    {
        await using RunningServer server = await RunningServer.Start(options => options with
        {
            Defaults = new Dictionary<string, string?> { ["min_size"] = "64", ["edm_steps"] = "1" },
        });
        using HttpResponseMessage response = await server.Client.PostAsJsonAsync("/sdapi/v1/extra-single-image", new
        {
            image = "data:image/png;base64," + Convert.ToBase64String(TestPicture.Png()),
            resize_mode = mode,
            upscaling_resize = 2,
            upscaling_resize_w = width,
            upscaling_resize_h = height,
            upscaling_crop = crop,
            upscaler_1 = "R-ESRGAN 4x+",
            gfpgan_visibility = 0,
        });

        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Picture picture = PictureFile.Decode(Convert.FromBase64String(answer["image"]!.GetValue<string>()), "image");
        Assert.Equal((expectedWidth, expectedHeight), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task Such_a_tool_is_told_what_is_wrong_and_what_models_there_are()
    {
        using HttpResponseMessage broken = await _server.Client.PostAsJsonAsync("/sdapi/v1/extra-single-image", new { image = "AAAA" });
        Assert.Equal(422, (await RunningServer.Problem(broken)).Status);
        using HttpResponseMessage large = await _server.Client.PostAsJsonAsync(
            "/sdapi/v1/extra-single-image", new { image = Convert.ToBase64String(TestPicture.Png()), upscaling_resize = 1000 });
        Assert.Equal((400, "upscaling_resize: must be 0.01 to 16 but is 1000."), await RunningServer.Problem(large));
        Assert.Equal("SUPIR_mini", Assert.Single((await _server.Get("/sdapi/v1/upscalers")).AsArray())!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Measurements_count_jobs()
    {
        await _server.WaitFor(await _server.Post(), "succeeded");

        string metrics = await _server.Client.GetStringAsync("/metrics");

        Assert.Contains("supir_jobs_ended_total", metrics, StringComparison.Ordinal);
        Assert.Contains("status=\"succeeded\"", metrics, StringComparison.Ordinal);
        Assert.Contains("supir_job_duration_seconds", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds", metrics, StringComparison.Ordinal);
    }

    private async Task<Picture> Stage1(string? gamma)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        if (gamma is not null)
        {
            form.Add(new StringContent(gamma), "gamma");
        }

        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/stage1", form);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return PictureFile.Decode(await response.Content.ReadAsByteArrayAsync(), "stage 1");
    }

    private async Task<JsonNode> Tiles(string parameters)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), parameters);
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/tiles", form);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
