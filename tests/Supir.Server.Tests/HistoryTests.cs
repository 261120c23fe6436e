using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Supir.Server.Tests;

public sealed class HistoryTests
{
    [Fact]
    public async Task The_history_is_searched_paged_and_judged_and_outlives_a_restart()
    {
        string data = Directory.CreateTempSubdirectory("supir-server-").FullName;
        string[] ids = new string[3];
        await using (RunningServer server = await RunningServer.Start(data: data))
        {
            ids[0] = await server.Post("""{"min_size":64,"edm_steps":1,"caption":"A red_house"}""", name: "house.png");
            ids[1] = await server.Post("""{"min_size":64,"edm_steps":1,"caption":"A redXhouse"}""", name: "other.png");
            ids[2] = await server.Post("""{"min_size":64,"edm_steps":1,"seed":4711}""", name: "third.png");
            await Task.WhenAll(ids.Select(id => server.WaitFor(id, "succeeded")));
            using HttpResponseMessage judged = await server.Client.PutAsJsonAsync($"/api/v1/jobs/{ids[1]}/feedback", new { score = 4, text = "fine" });
            Assert.Equal(204, (int)judged.StatusCode);
        }

        await using (RunningServer server = await RunningServer.Start(data: data))
        {
            Assert.Equal([ids[2], ids[1], ids[0]], await Found(server, ""));
            Assert.Equal([ids[0]], await Found(server, "?search=red_house"));
            Assert.Equal([ids[1], ids[0]], await Found(server, "?search=a%20RED"));
            Assert.Equal([ids[2]], await Found(server, "?search=4711"));
            Assert.Equal([ids[1]], await Found(server, "?search=other.png"));
            Assert.Empty(await Found(server, "?status=failed"));
            Assert.Equal(3, (await Found(server, "?status=Succeeded")).Count);
            JsonNode page = await server.Get("/api/v1/jobs?limit=2");
            Assert.Equal(ids[1], page["next"]!.GetValue<string>());
            Assert.Equal([ids[0]], await Found(server, $"?limit=2&before={ids[1]}"));
            Assert.Null((await server.Get($"/api/v1/jobs?limit=2&before={ids[1]}"))["next"]);
            JsonNode judged = await server.Get($"/api/v1/jobs/{ids[1]}");
            Assert.Equal((4, "fine"), (judged["feedback"]!["score"]!.GetValue<int>(), judged["feedback"]!["text"]!.GetValue<string>()));
            Assert.NotEmpty(await server.Client.GetByteArrayAsync($"/api/v1/jobs/{ids[0]}/result"));
        }

        Directory.Delete(data, recursive: true);
    }

    private static async Task<IReadOnlyList<string>> Found(RunningServer server, string query) =>
        [.. (await server.Get($"/api/v1/jobs{query}"))["jobs"]!.AsArray().Select(job => job!["id"]!.GetValue<string>())];
}
