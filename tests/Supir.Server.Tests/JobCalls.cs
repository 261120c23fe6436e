using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Supir.Server.Tests;

/// <summary>What clients of the API do with jobs.</summary>
internal static class JobCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Posts a job that must be taken, and says its id.</summary>
    public static async Task<string> Post(this HttpClient client, string? parameters, byte[]? picture = null, string name = "old.png", string query = "")
    {
        using MultipartFormDataContent form = RunningServer.Form(picture ?? TestPicture.Png(), parameters, name);
        using HttpResponseMessage response = await client.PostAsync($"/api/v1/jobs{query}", form);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, body);
        return JsonNode.Parse(body)!["id"]!.GetValue<string>();
    }

    /// <summary>A job.</summary>
    public static async Task<JsonNode> GetJob(this HttpClient client, string id) => (await client.GetFromJsonAsync<JsonNode>($"/api/v1/jobs/{id}"))!;

    /// <summary>A job's first event of a kind that a condition holds for; what comes before it is passed on.</summary>
    public static async Task<JsonNode> FirstEvent(this HttpClient client, string id, string kind, Func<JsonNode, bool> holds, Action<string, JsonNode>? before = null)
    {
        using CancellationTokenSource patience = new(Patience);
        using StreamReader events = new(await client.GetStreamAsync($"/api/v1/jobs/{id}/events", patience.Token));
        string name = "";
        while (await events.ReadLineAsync(patience.Token) is string line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                JsonNode data = JsonNode.Parse(line[6..])!;
                if (name == kind && holds(data))
                {
                    return data;
                }

                before?.Invoke(name, data);
            }
        }

        throw new InvalidOperationException($"The events of {id} ended without such a {kind}.");
    }

    /// <summary>Waits for a job to stand in a certain way.</summary>
    public static async Task<JsonNode> WaitFor(this HttpClient client, string id, string status)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            JsonNode job = await client.GetJob(id);
            string current = job["status"]!.GetValue<string>();
            if (current == status)
            {
                return job;
            }

            Assert.True(current is "queued" or "running", $"The job is {current}: {job["error"]}");
            await Task.Delay(20, patience.Token);
        }
    }
}
