using System.Text.Json.Nodes;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>With a captioner: a server on this machine.</summary>
public sealed class CaptionTests : IAsyncLifetime, IDisposable
{
    private const string Tiled = """{"min_size":256,"sampler":"TiledRestoreEDM","tile_size":16,"tile_stride":16}""";

    private readonly ChatServer _captioner = new("Some stripes.");
    private RunningServer? _running;

    private RunningServer Server => _running ?? throw new InvalidOperationException("The server is not started.");

    public async Task InitializeAsync() => _running = await RunningServer.Start(options => options with
    {
        Captioner = new CaptionerChoice { Endpoint = ChatEndpoint.Parse(_captioner.Address, "seer"), Cache = null },
    });

    [Fact]
    public async Task A_picture_is_described_as_the_request_asks_and_the_next_one_as_the_server_does()
    {
        Assert.Equal("Some stripes.", await Caption("""{"caption_question":"What is it?","caption_temperature":0.5,"caption_top_p":0.25}"""));
        Assert.Equal("Some stripes.", await Caption(null));

        ChatRequest first = _captioner.Requests[0];
        Assert.Equal("What is it?", first.Question);
        Assert.Equal((0.5, 0.25), (first.Body.GetProperty("temperature").GetDouble(), first.Body.GetProperty("top_p").GetDouble()));
        Assert.Equal(new CaptionOptions().Question, _captioner.Requests[1].Question);
        Assert.Equal((614, 512), SizeOf(first));
    }

    [Fact]
    public async Task A_tile_is_described_by_itself()
    {
        Assert.Equal("Some stripes.", await Caption(Tiled, "5"));

        Assert.Equal((128, 128), SizeOf(Assert.Single(_captioner.Requests)));
        Assert.Equal((400, "tile: must be a whole number from 0 to 5."), await Refusal(Tiled, "6"));
        Assert.Equal((400, "tile: this model's sampler has no tiles."), await Refusal(RunningServer.Quick, "0"));
        Assert.Equal((400, "caption_top_p: must be a number from 0.01 to 1 but is '2'."), await Refusal("""{"caption_top_p":2}""", null));
    }

    [Fact]
    public async Task What_the_captioner_is_asked_is_among_the_parameters_and_a_job_may_bring_it_along()
    {
        JsonNode question = (await Server.Get("/api/v1/parameters")).AsArray().Single(parameter => parameter!["name"]!.GetValue<string>() == "caption_question")!;
        Assert.Equal(new CaptionOptions().Question, question["default"]!.GetValue<string>());

        JsonNode job = await Server.WaitFor(await Server.Post("""{"min_size":64,"edm_steps":1,"caption_question":"Who?"}"""), "succeeded");
        Assert.Empty(job["caption"]!.GetValue<string>());
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), """{"caption_temperature":9}""");
        using HttpResponseMessage wrong = await Server.Client.PostAsync("/api/v1/jobs", form);
        Assert.Equal((400, "caption_temperature: must be a number from 0 to 2 but is '9'."), await RunningServer.Problem(wrong));
    }

    [Fact]
    public async Task Without_a_captioner_that_is_said()
    {
        await using RunningServer bare = await RunningServer.Start();
        Assert.DoesNotContain((await bare.Get("/api/v1/parameters")).AsArray(), parameter => parameter!["group"]!.GetValue<string>() == "Captioner");
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage response = await bare.Client.PostAsync("/api/v1/captions", form);
        (int status, string detail) = await RunningServer.Problem(response);
        Assert.Equal(503, status);
        Assert.StartsWith("The server was started without a captioner", detail, StringComparison.Ordinal);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public void Dispose() => _captioner.Dispose();

    private static (int Width, int Height) SizeOf(ChatRequest request)
    {
        Picture sent = PictureFile.Decode(Convert.FromBase64String(request.Picture.Split(',')[1]), "sent");
        return (sent.Width, sent.Height);
    }

    private async Task<string> Caption(string? parameters, string? tile = null)
    {
        using HttpResponseMessage response = await Ask(parameters, tile);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["caption"]!.GetValue<string>();
    }

    private async Task<(int Status, string Detail)> Refusal(string parameters, string? tile)
    {
        using HttpResponseMessage response = await Ask(parameters, tile);
        return await RunningServer.Problem(response);
    }

    private async Task<HttpResponseMessage> Ask(string? parameters, string? tile)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), parameters);
        if (tile is not null)
        {
            form.Add(new StringContent(tile), "tile");
        }

        return await Server.Client.PostAsync("/api/v1/captions", form);
    }
}
