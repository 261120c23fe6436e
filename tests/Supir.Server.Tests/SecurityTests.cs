using System.Net;
using System.Net.Http.Headers;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Server.Tests;

public sealed class SecurityTests
{
    [Fact]
    public async Task Without_a_key_only_this_machine_may_call()
    {
        OptionException refused = await Assert.ThrowsAsync<OptionException>(() => RunningServer.Start(options => options with { Host = "0.0.0.0" }));
        Assert.Equal(
            "--host: at 0.0.0.0 others can use this server: give it a key by --api-key KEY or the variable SUPIR_API_KEY, or say --insecure.", refused.Message);
        await Assert.ThrowsAsync<OptionException>(() => RunningServer.Start(options => options with { Host = "example.org" }));

        await using RunningServer insecure = await RunningServer.Start(options => options with { Host = "0.0.0.0", Insecure = true });
        Assert.StartsWith("http://0.0.0.0:", insecure.Server.Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/jobs")]
    [InlineData("/api/v1/jobs/0123/result")]
    [InlineData("/API/V1/models")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/sdapi/v1/upscalers")]
    public async Task A_key_is_asked_for_and_only_the_right_one_opens(string path)
    {
        await using RunningServer server = await RunningServer.Start(options => options with { ApiKey = "secret" });

        Assert.Equal(401, await StatusOf(server, path, null));
        Assert.Equal(401, await StatusOf(server, path, request => request.Headers.Add("X-Api-Key", "secre")));
        Assert.Equal(401, await StatusOf(server, path, request => request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "secret")));
        Assert.NotEqual(401, await StatusOf(server, path, request => request.Headers.Add("X-Api-Key", "secret")));
        Assert.NotEqual(401, await StatusOf(server, path, request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "secret")));
        Assert.Equal(200, await StatusOf(server, "/api/v1/health", null));
    }

    [Fact]
    public async Task Foreign_pages_and_foreign_names_are_refused()
    {
        await using RunningServer server = await RunningServer.Start();
        const string path = "/api/v1/models";

        Assert.Equal(200, await StatusOf(server, path, null));
        Assert.Equal(200, await StatusOf(server, path, request => request.Headers.Add("Origin", server.Server.Address)));
        Assert.Equal(403, await StatusOf(server, path, request => request.Headers.Add("Origin", "http://evil.example")));
        Assert.Equal(403, await StatusOf(server, path, request => request.Headers.Add("Origin", "null")));
        Assert.Equal(400, await StatusOf(server, path, request => request.Headers.Host = "evil.example"));
        Assert.Equal(403, await StatusOf(server, "/api/v1/jobs", request =>
        {
            request.Method = HttpMethod.Post;
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
        }));
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_they_may_do()
    {
        await using RunningServer server = await RunningServer.Start();
        foreach (string path in (string[])["/", "/api/v1/models", "/api/v1/jobs/none", "/openapi/v1.json", "/api/"])
        {
            using HttpResponseMessage response = await server.Client.GetAsync(path);

            Assert.Contains("default-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task A_picture_with_too_many_bytes_or_pixels_is_refused_before_it_is_decoded()
    {
        await using RunningServer server = await RunningServer.Start(options => options with { MaxUploadBytes = 100_000, MaxPixels = 10_000 });

        using MultipartFormDataContent large = RunningServer.Form(new byte[100_001]);
        using HttpResponseMessage tooLarge = await server.Client.PostAsync("/api/v1/jobs", large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);

        using MultipartFormDataContent wide = RunningServer.Form(TestPicture.Png(101, 100), name: "wide.png");
        using HttpResponseMessage tooWide = await server.Client.PostAsync("/api/v1/jobs", wide);
        Assert.Equal((422, "wide.png: it has 101 × 100 pixels; between 1 and 10,000 are allowed."), await RunningServer.Problem(tooWide));

        await server.WaitFor(await server.Post(picture: TestPicture.Png(100, 100)), "succeeded");
    }

    [Fact]
    public async Task Names_from_outside_never_become_paths()
    {
        string data = Directory.CreateTempSubdirectory("supir-server-").FullName;
        await using (RunningServer server = await RunningServer.Start(data: data))
        {
            string id = await server.Post(name: "../../../tmp/évil\u0007.png");
            await server.WaitFor(id, "succeeded");

            Assert.Equal("évil.png", (await server.Get($"/api/v1/jobs/{id}"))["name"]!.GetValue<string>());
            Assert.Equal(
                ["input", "result-0.png", "stage1.png", "thumbnail.webp"],
                Directory.EnumerateFiles(Path.Combine(data, "jobs", id)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            using HttpResponseMessage result = await server.Client.GetAsync($"/api/v1/jobs/{id}/result");
            Assert.Equal("évil.restored.png", result.Content.Headers.ContentDisposition?.FileNameStar);
            Assert.Equal(PictureFormat.Png, PictureFile.Decode(await result.Content.ReadAsByteArrayAsync(), "result").Format);
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<int> StatusOf(RunningServer server, string path, Action<HttpRequestMessage>? change)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        change?.Invoke(request);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
