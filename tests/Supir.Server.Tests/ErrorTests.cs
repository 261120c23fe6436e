using System.Net;
using System.Net.Http.Json;
using System.Text;
using Xunit;

namespace Supir.Server.Tests;

public sealed class ErrorTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData("""{"edm_steps":0}""", 400, "--edm_steps: must be a whole number from 1 to 1000 but is '0'.")]
    [InlineData("""{"edm_stepz":1}""", 400, "parameters: there is none called edm_stepz; /api/v1/parameters lists them.")]
    [InlineData("""{"edm_steps":[1]}""", 400, "parameters: edm_steps must be a number, a text, true or false.")]
    [InlineData("""{"seed":1,"SEED":2}""", 400, "parameters: SEED is given twice.")]
    [InlineData("""{"model":"nothing"}""", 400, "model: there is no model of that name; there are SUPIR_mini.")]
    [InlineData("""{"tile_captions":"/etc/passwd"}""", 400, "parameters: tile_captions must be a list of 1 to 4096 texts.")]
    [InlineData("""{"lora":"/etc/passwd"}""", 400, "parameters: there is none called lora; /api/v1/parameters lists them.")]
    [InlineData("""{"preset":"none"}""", 400, "--preset: there is no preset 'none';")]
    [InlineData("[1]", 400, "parameters: must be a JSON object.")]
    [InlineData("{", 400, "parameters: is no JSON")]
    [InlineData("""{"upscale":16,"min_size":16384}""", 400, "A picture of 48 × 40 would become")]
    public async Task A_wrong_parameter_is_refused_with_a_sentence(string parameters, int status, string detail)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), parameters);
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/jobs", form);

        (int actual, string sentence) = await RunningServer.Problem(response);
        Assert.Equal(status, actual);
        Assert.StartsWith(detail, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_at_once()
    {
        using MultipartFormDataContent form = RunningServer.Form("hello"u8.ToArray(), name: "a/b/hello.png");
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/jobs", form);

        Assert.Equal(
            (422, "hello.png: this is not a picture that can be read; it must be JPEG, PNG, WebP, TIFF, AVIF, HEIC or JPEG XL."),
            await RunningServer.Problem(response));
    }

    [Fact]
    public async Task A_form_without_a_picture_and_a_body_of_another_kind_are_refused()
    {
        using MultipartFormDataContent form = new() { { new StringContent("x"), "something" } };
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/jobs", form);
        Assert.Equal((400, "picture: is missing; it must be a file of the form."), await RunningServer.Problem(response));

        using StringContent text = new("hello", Encoding.UTF8, "text/plain");
        using HttpResponseMessage other = await _server.Client.PostAsync("/api/v1/jobs", text);
        Assert.Equal(415, (await RunningServer.Problem(other)).Status);
    }

    [Theory]
    [InlineData("""{"picture":"AAAA"}""", 422)]
    [InlineData("""{"picture":"no base64!"}""", 400)]
    [InlineData("""{"picture":7}""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("""null""", 400)]
    [InlineData("""{"picture":"AAAA","parameters":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{"l":{"m":{"n":{"o":{"p":{}}}}}}}}}}}}}}}}}}}""", 400)]
    public async Task Wrong_json_is_refused(string body, int status)
    {
        using StringContent json = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _server.Client.PostAsync("/api/v1/jobs", json);

        Assert.Equal(status, (await RunningServer.Problem(response)).Status);
    }

    [Theory]
    [InlineData("GET", "/api/v1/jobs/0123", 404)]
    [InlineData("GET", "/api/v1/jobs/0123/result", 404)]
    [InlineData("GET", "/api/v1/jobs/..%2f..%2fjobs.sqlite/input", 404)]
    [InlineData("GET", "/api/v1/jobs/0123/events", 404)]
    [InlineData("GET", "/api/v1/jobs/0123/stage1", 404)]
    [InlineData("GET", "/api/v1/jobs/0123/thumbnail", 404)]
    [InlineData("DELETE", "/api/v1/jobs/0123", 404)]
    [InlineData("DELETE", "/api/v1/health", 405)]
    [InlineData("GET", "/api/v1/jobs?limit=0", 400)]
    [InlineData("GET", "/api/v1/jobs?limit=x", 400)]
    [InlineData("GET", "/api/v1/jobs?status=4", 400)]
    [InlineData("GET", "/api/v1/presets?model=x", 400)]
    [InlineData("GET", "/api/v2/jobs", 404)]
    [InlineData("GET", "/nothing/here", 404)]
    public async Task An_address_that_leads_nowhere_answers_a_problem(string method, string path, int status)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await _server.Client.SendAsync(request);

        Assert.Equal(status, (await RunningServer.Problem(response)).Status);
    }

    [Fact]
    public async Task Feedback_out_of_range_is_refused()
    {
        using HttpResponseMessage score = await _server.Client.PutAsJsonAsync("/api/v1/jobs/0123/feedback", new { score = 6 });
        Assert.Equal((400, "score: must be 1 to 5 but is 6."), await RunningServer.Problem(score));
        using HttpResponseMessage text = await _server.Client.PutAsJsonAsync("/api/v1/jobs/0123/feedback", new { score = 1, text = new string('a', 4001) });
        Assert.Equal((400, "text: has 4001 characters; at most 4000 are allowed."), await RunningServer.Problem(text));
        using HttpResponseMessage nobody = await _server.Client.PutAsJsonAsync("/api/v1/jobs/0123/feedback", new { score = 1 });
        Assert.Equal(404, (await RunningServer.Problem(nobody)).Status);
    }

    [Fact]
    public async Task A_page_that_was_not_built_says_how_to_build_it()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/history");
        request.Headers.Add("Accept", "text/html");
        using HttpResponseMessage response = await _server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("The page is not built", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
