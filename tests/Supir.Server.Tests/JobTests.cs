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
}
