using System.Text.Json.Nodes;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Server.Tests;

public sealed class JobTests
{
    [Fact]
    public async Task A_posted_picture_is_restored_and_its_files_are_there()
    {
        await using RunningServer server = await RunningServer.Start();

        string id = await server.Post("""{"min_size":64,"edm_steps":2,"seed":7,"caption":"stripes"}""", name: "dir/../old.png");
        JsonNode job = await server.WaitFor(id, "succeeded");

        Assert.Equal("old.png", job["name"]!.GetValue<string>());
        Assert.Equal(7, job["used"]!["seed"]!.GetValue<long>());
        Assert.Equal(2, job["used"]!["edm_steps"]!.GetValue<int>());
        Assert.Equal("stripes", job["caption"]!.GetValue<string>());
        Picture result = PictureFile.Decode(await server.Client.GetByteArrayAsync($"/api/v1/jobs/{id}/result"), "result");
        Assert.Equal((PictureFormat.Png, job["width"]!.GetValue<int>(), job["height"]!.GetValue<int>()), (result.Format, result.Width, result.Height));
        Assert.Equal((77, 64), (result.Width, result.Height));
        Picture jpeg = PictureFile.Decode(await server.Client.GetByteArrayAsync($"/api/v1/jobs/{id}/result?format=jpeg&quality=80"), "result");
        Assert.Equal(PictureFormat.Jpeg, jpeg.Format);
        Assert.Equal(TestPicture.Png(), await server.Client.GetByteArrayAsync($"/api/v1/jobs/{id}/input"));
        Assert.Equal(PictureFormat.WebP, PictureFile.Decode(await server.Client.GetByteArrayAsync($"/api/v1/jobs/{id}/thumbnail"), "small").Format);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_picture_and_a_drawn_seed_is_told()
    {
        await using RunningServer server = await RunningServer.Start();
        string first = await server.Post("""{"min_size":64,"edm_steps":1,"seed":-1}""");
        JsonNode job = await server.WaitFor(first, "succeeded");
        long seed = job["used"]!["seed"]!.GetValue<long>();
        Assert.InRange(seed, 0, 65535);

        string second = await server.Post($$"""{"min_size":64,"edm_steps":1,"seed":{{seed}}}""");
        await server.WaitFor(second, "succeeded");

        Assert.Equal(
            await server.Client.GetByteArrayAsync($"/api/v1/jobs/{first}/result"), await server.Client.GetByteArrayAsync($"/api/v1/jobs/{second}/result"));
    }

    [Fact]
    public async Task Events_tell_the_way_of_a_job_and_end_with_it()
    {
        await using RunningServer server = await RunningServer.Start();
        string id = await server.Post();

        string events = await server.Client.GetStringAsync($"/api/v1/jobs/{id}/events");

        string[] kinds = [.. events.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..])];
        Assert.Equal("status", kinds[0]);
        Assert.Contains("progress", kinds);
        Assert.EndsWith("event: status\ndata: {\"status\":\"succeeded\",\"queuePosition\":null,\"error\":null}\n\n", events, StringComparison.Ordinal);
        string again = await server.Client.GetStringAsync($"/api/v1/jobs/{id}/events");
        Assert.Equal("event: status\ndata: {\"status\":\"succeeded\",\"queuePosition\":null,\"error\":null}\n\n", again);
    }

    [Fact]
    public async Task Previews_show_what_the_picture_looks_like_half_way()
    {
        await using RunningServer server = await RunningServer.Start();
        string id = await server.Post(RunningServer.Endless);

        JsonNode preview = await server.Client.FirstEvent(id, "preview", preview => preview["stage"]!.GetValue<string>() == "sample");
        await server.Client.DeleteAsync($"/api/v1/jobs/{id}");

        Assert.InRange(preview["step"]!.GetValue<int>(), 1, 1000);
        Picture small = PictureFile.Decode(Convert.FromBase64String(preview["jpeg"]!.GetValue<string>()), "preview");
        // The working picture is 320 × 256; a preview has a place of the latent for a pixel, or more.
        Assert.Equal(PictureFormat.Jpeg, small.Format);
        Assert.InRange(small.Width, 40, 320);
        Assert.Equal(1.25, (double)small.Width / small.Height, 2);
    }

    [Theory]
    [InlineData("precise", 40, 48)]
    [InlineData("reference", 48, 40)]
    public async Task A_photograph_is_turned_upright_but_for_the_references_mode(string mode, int width, int height)
    {
        await using RunningServer server = await RunningServer.Start();
        string id = await server.Post($$"""{"min_size":64,"edm_steps":1,"mode":"{{mode}}"}""", TestPicture.LyingJpeg());
        JsonNode job = await server.WaitFor(id, "succeeded");
        Picture result = PictureFile.Decode(await server.Client.GetByteArrayAsync($"/api/v1/jobs/{id}/result"), "result");

        Assert.Equal((width, height), (job["inputWidth"]!.GetValue<int>(), job["inputHeight"]!.GetValue<int>()));
        Assert.Equal(width > height, result.Width > result.Height);
    }
}
