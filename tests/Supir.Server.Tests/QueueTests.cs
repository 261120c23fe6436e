using System.Net;
using System.Text.Json.Nodes;
using Supir.Server.Jobs;
using Xunit;

namespace Supir.Server.Tests;

public sealed class QueueTests
{
    [Fact]
    public void Priorities_go_first_and_clients_take_turns()
    {
        using JobQueue queue = new();
        foreach ((string id, string client, int priority) in ((string, string, int)[])
                 [("1", "many", 0), ("2", "many", 0), ("3", "many", 0), ("4", "few", 0), ("5", "other", 0), ("6", "few", 0), ("7", "many", 1)])
        {
            queue.Add(Waiting(id, client, priority));
        }

        string[] expected = ["7", "4", "5", "1", "6", "2", "3"];
        Assert.Equal(expected.Select((id, position) => (int?)position), expected.Select(queue.PositionOf));
        Assert.Equal(expected, Enumerable.Range(0, 7).Select(_ => queue.Take(CancellationToken.None)!.Id));
        Assert.Null(queue.PositionOf("1"));
    }

    [Fact]
    public async Task A_full_queue_says_when_to_come_again_and_calling_off_makes_room()
    {
        await using RunningServer server = await RunningServer.Start(options => options with { MaxQueue = 2 });
        string running = await server.Post(RunningServer.Endless);
        await server.WaitFor(running, "running");
        string first = await server.Post();
        string second = await server.Post(query: "?priority=5");
        Assert.Equal(1, (await server.Get($"/api/v1/jobs/{first}"))["queuePosition"]!.GetValue<int>());
        Assert.Equal(0, (await server.Get($"/api/v1/jobs/{second}"))["queuePosition"]!.GetValue<int>());

        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png());
        using HttpResponseMessage full = await server.Client.PostAsync("/api/v1/jobs", form);
        Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
        Assert.InRange(full.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);

        using HttpResponseMessage called = await server.Client.DeleteAsync($"/api/v1/jobs/{first}");
        Assert.Equal("cancelled", JsonNode.Parse(await called.Content.ReadAsStringAsync())!["status"]!.GetValue<string>());
        string third = await server.Post();
        await server.Client.DeleteAsync($"/api/v1/jobs/{running}");
        await server.WaitFor(third, "succeeded");
        await server.WaitFor(second, "succeeded");
        Assert.Equal("cancelled", (await server.Get($"/api/v1/jobs/{running}"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_job_that_takes_too_long_fails_and_the_next_one_goes_on()
    {
        await using RunningServer server = await RunningServer.Start(options => options with { JobTimeLimit = TimeSpan.FromSeconds(5) });
        string slow = await server.Post(RunningServer.Endless);
        string quick = await server.Post();

        JsonNode job = await server.WaitFor(slow, "failed");

        Assert.Equal("It took longer than the 5 s that a job may run.", job["error"]!.GetValue<string>());
        await server.WaitFor(quick, "succeeded");
    }

    [Fact]
    public async Task An_idempotency_key_makes_one_job_of_many_requests()
    {
        await using RunningServer server = await RunningServer.Start();
        HttpStatusCode[] statuses = new HttpStatusCode[8];
        string[] ids = new string[8];
        await Parallel.ForAsync(0, ids.Length, async (i, stop) =>
        {
            using HttpResponseMessage response = await PostWithKey(server, "one", RunningServer.Quick);
            statuses[i] = response.StatusCode;
            ids[i] = JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))!["id"]!.GetValue<string>();
        });

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Accepted, status));
        Assert.Single(ids.Distinct());
        Assert.Single((await server.Get("/api/v1/jobs"))["jobs"]!.AsArray());

        using HttpResponseMessage other = await PostWithKey(server, "one", """{"min_size":64,"edm_steps":2}""");
        Assert.Equal(422, (await RunningServer.Problem(other)).Status);
        using HttpResponseMessage empty = await PostWithKey(server, new string('k', 256), RunningServer.Quick);
        Assert.Equal(400, (await RunningServer.Problem(empty)).Status);
    }

    [Fact]
    public async Task A_deleted_job_is_gone_with_its_files_even_while_it_runs()
    {
        string data = Directory.CreateTempSubdirectory("supir-server-").FullName;
        await using (RunningServer server = await RunningServer.Start(data: data))
        {
            string running = await server.Post(RunningServer.Endless);
            await server.WaitFor(running, "running");
            using HttpResponseMessage purged = await server.Client.DeleteAsync($"/api/v1/jobs/{running}?purge=true");
            Assert.Equal(HttpStatusCode.NoContent, purged.StatusCode);

            string done = await server.Post();
            await server.WaitFor(done, "succeeded");
            using HttpResponseMessage deleted = await server.Client.DeleteAsync($"/api/v1/jobs/{done}");
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            using HttpResponseMessage again = await server.Client.DeleteAsync($"/api/v1/jobs/{done}");
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        }

        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(data, "jobs")));
        Directory.Delete(data, recursive: true);
    }

    private static async Task<HttpResponseMessage> PostWithKey(RunningServer server, string key, string parameters)
    {
        using MultipartFormDataContent form = RunningServer.Form(TestPicture.Png(), parameters);
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/jobs") { Content = form };
        request.Headers.Add("Idempotency-Key", key);
        return await server.Client.SendAsync(request);
    }

    private static JobRecord Waiting(string id, string client, int priority) => new()
    {
        Id = id,
        Client = client,
        Priority = priority,
        Status = JobStatus.Queued,
        Name = "",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Parameters = "{}",
        Used = "{}",
        Model = "",
        Caption = "",
        Samples = 1,
        InputWidth = 1,
        InputHeight = 1,
        Width = 1,
        Height = 1,
        Fingerprint = "",
    };
}
