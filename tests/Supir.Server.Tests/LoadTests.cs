using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>Fifty clients at once: each posts, watches its job to the end, takes the result, and begins again.</summary>
public sealed class LoadTests
{
    private const int Clients = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What a person does not feel as waiting.</summary>
    private static readonly TimeSpan MostForGet = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Fifty_clients_lose_nothing()
    {
        Outcome outcome = await Run(TimeSpan.Zero);

        Assert.Equal((Clients, Clients), (outcome.Posted, outcome.Restored));
    }

    [Fact]
    [Trait("Category", "Load")]
    public async Task Fifty_clients_lose_nothing_in_two_minutes_and_wait_for_no_answer()
    {
        Outcome outcome = await Run(TimeSpan.FromMinutes(2));

        Console.WriteLine($"{outcome.Restored} jobs, {outcome.Gets.Count} GETs: median {outcome.GetAt(0.5)} ms, p99 {outcome.GetAt(0.99)} ms, most {outcome.GetAt(1)} ms; {outcome.MemoryBytes >> 20} MB");
        Assert.Equal(outcome.Posted, outcome.Restored);
        Assert.InRange(outcome.GetAt(0.99), 0, MostForGet.TotalMilliseconds);
    }

    private static async Task<Outcome> Run(TimeSpan time)
    {
        string data = Directory.CreateTempSubdirectory("supir-server-").FullName;
        try
        {
            using ServerProcess server = await ServerProcess.Start(data);
            await server.Client.WaitFor(await server.Client.Post(RunningServer.Quick), "succeeded");
            long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
            Outcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => Work(server.Client, client, end))));
            return new Outcome(outcomes.Sum(outcome => outcome.Posted), outcomes.Sum(outcome => outcome.Restored), [.. outcomes.SelectMany(outcome => outcome.Gets)], server.MemoryBytes);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<Outcome> Work(HttpClient http, int client, long end)
    {
        int posted = 0;
        int restored = 0;
        List<double> gets = [];
        byte[] picture = TestPicture.Png(shift: client);
        do
        {
            string id = await http.Post(RunningServer.Quick, picture);
            posted++;
            string status;
            do
            {
                await Task.Delay(Pause);
                long start = Stopwatch.GetTimestamp();
                JsonNode job = await http.GetJob(id);
                gets.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                status = job["status"]!.GetValue<string>();
            }
            while (status is "queued" or "running");

            restored += status == "succeeded" && (await http.GetByteArrayAsync($"/api/v1/jobs/{id}/result")).Length > 0 ? 1 : 0;
        }
        while (Stopwatch.GetTimestamp() < end);

        return new Outcome(posted, restored, gets, 0);
    }

    private sealed record Outcome(int Posted, int Restored, List<double> Gets, long MemoryBytes)
    {
        /// <summary>The time that a part of the GETs took at most, in ms.</summary>
        public double GetAt(double part)
        {
            Gets.Sort();
            return Math.Round(Gets[(int)(part * (Gets.Count - 1))], 1);
        }
    }
}
