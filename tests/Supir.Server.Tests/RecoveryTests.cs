using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Supir.Restoration;
using Xunit;

namespace Supir.Server.Tests;

public sealed class RecoveryTests : IDisposable
{
    /// <summary>Long enough to be killed in, short enough to be waited for.</summary>
    private const string Long = """{"min_size":128,"edm_steps":24,"seed":-1}""";

    /// <summary>Long enough for a journal that is written twice.</summary>
    private const string Longer = """{"min_size":128,"edm_steps":60,"seed":-1}""";

    private readonly string _data = Directory.CreateTempSubdirectory("supir-server-").FullName;

    [Fact]
    public async Task A_killed_server_loses_no_job_and_no_result_and_goes_on_by_itself()
    {
        string done, running, queued;
        byte[] result;
        long seed;
        using (ServerProcess server = await ServerProcess.Start(_data, "--threads", "1", "--journal", "0"))
        {
            done = await server.Client.Post(RunningServer.Quick);
            await server.Client.WaitFor(done, "succeeded");
            result = await server.Client.GetByteArrayAsync($"/api/v1/jobs/{done}/result");
            running = await server.Client.Post(Longer);
            queued = await server.Client.Post(RunningServer.Quick);
            seed = (await server.Client.WaitFor(running, "running"))["used"]!["seed"]!.GetValue<long>();
            await WaitForSecondJournal(running);
            await server.Kill();
        }

        Directory.CreateDirectory(Path.Combine(_data, "jobs", "left-behind-by-a-crash"));
        using (ServerProcess server = await ServerProcess.Start(_data, "--threads", "1", "--journal", "0"))
        {
            // The picture goes on inside: the second journal is of a later step than the first.
            await server.Client.FirstEvent(
                running, "status", status => status["status"]!.GetValue<string>() == "succeeded",
                (kind, data) => Assert.False(kind == "progress" && data["stage"]!.GetValue<string>() == "sample" && data["step"]!.GetValue<int>() == 1, "It began anew."));
            Assert.Equal(result, await server.Client.GetByteArrayAsync($"/api/v1/jobs/{done}/result"));
            JsonNode job = await server.Client.WaitFor(running, "succeeded");
            Assert.Equal(seed, job["used"]!["seed"]!.GetValue<long>());
            await server.Client.WaitFor(queued, "succeeded");
            string whole = await server.Client.Post(Longer.Replace("-1", $"{seed}", StringComparison.Ordinal));
            await server.Client.WaitFor(whole, "succeeded");
            Assert.Equal(
                await server.Client.GetByteArrayAsync($"/api/v1/jobs/{whole}/result"), await server.Client.GetByteArrayAsync($"/api/v1/jobs/{running}/result"));
            Assert.Equal(4, Directory.GetDirectories(Path.Combine(_data, "jobs")).Length);
            Assert.Equal(0, await server.Stop());
        }
    }

    [Fact]
    public async Task A_server_that_is_asked_to_stop_puts_its_job_back_and_ends_its_streams()
    {
        string running;
        Task<string> events;
        await using (RunningServer server = await RunningServer.Start(data: _data))
        {
            running = await server.Post(Long);
            await server.WaitFor(running, "running");
            events = server.Client.GetStringAsync($"/api/v1/jobs/{running}/events");
            await Task.Delay(200);
            await server.Server.DisposeAsync();
            Assert.Contains("event: status", await events, StringComparison.Ordinal);
        }

        Assert.Equal("Queued", StatusInDatabase(running));
        await using (RunningServer server = await RunningServer.Start(data: _data))
        {
            await server.WaitFor(running, "succeeded");
        }
    }

    [Fact]
    public async Task A_picture_that_ends_the_program_again_and_again_is_given_up()
    {
        string id;
        await using (RunningServer server = await RunningServer.Start(data: _data))
        {
            id = await server.Post();
            await server.WaitFor(id, "succeeded");
        }

        using (SqliteConnection database = OpenDatabase())
        using (SqliteCommand command = database.CreateCommand())
        {
            command.CommandText = "UPDATE jobs SET status = 'Running', attempts = 3";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        await using (RunningServer server = await RunningServer.Start(data: _data))
        {
            JsonNode job = await server.WaitFor(id, "failed");
            Assert.Equal("The server ended 3 times while it worked on this picture, and does not try again.", job["error"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_data_folder_belongs_to_one_server_and_to_its_version()
    {
        await using (RunningServer server = await RunningServer.Start(data: _data))
        {
            OptionException taken = await Assert.ThrowsAsync<OptionException>(() => RunningServer.Start(data: _data));
            Assert.StartsWith($"--data: the folder {_data} is in use by another 'supir serve'", taken.Message, StringComparison.Ordinal);
            OptionException port = await Assert.ThrowsAsync<OptionException>(
                () => RunningServer.Start(options => options with { Port = new Uri(server.Server.Address).Port }));
            Assert.StartsWith("--port: ", port.Message, StringComparison.Ordinal);
        }

        using (SqliteConnection database = OpenDatabase())
        using (SqliteCommand command = database.CreateCommand())
        {
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        OptionException later = await Assert.ThrowsAsync<OptionException>(() => RunningServer.Start(data: _data));
        Assert.Contains("was written by a later version of the program", later.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private async Task WaitForSecondJournal(string id)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        HashSet<DateTime> written = [];
        while (written.Count < 2)
        {
            await Task.Delay(5, patience.Token);
            written.UnionWith(Directory.GetFiles(Path.Combine(_data, "jobs", id), "*.journal").Select(File.GetLastWriteTimeUtc));
        }
    }

    private string StatusInDatabase(string id)
    {
        using SqliteConnection database = OpenDatabase();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "SELECT status FROM jobs WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        return (string)command.ExecuteScalar()!;
    }

    private SqliteConnection OpenDatabase()
    {
        SqliteConnection database = new($"Data Source={Path.Combine(_data, "jobs.sqlite")};Pooling=false");
        database.Open();
        return database;
    }
}
