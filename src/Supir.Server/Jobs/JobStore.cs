using Microsoft.Data.Sqlite;

namespace Supir.Server.Jobs;

/// <summary>The jobs on disk: SQLite in a write-ahead log, so that readers never wait for the writer, and what was committed outlives the process.</summary>
/// <remarks>A job changes its status by a conditional update only: of two that want to change it, one learns that it came too late.</remarks>
internal sealed class JobStore : IDisposable
{
    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly Lock _writing = new();

    /// <summary>Opens the database, and makes it if it is not there.</summary>
    public JobStore(string path)
    {
        SqliteLibrary.RequireLoaded();
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        _writer = new SqliteConnection(_connectionString);
        _writer.Open();
        Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        JobSchema.Prepare(_writer, path);
    }

    /// <summary>Keeps a new job.</summary>
    /// <returns><c>false</c> if its client has used its idempotency key before.</returns>
    public bool Insert(JobRecord job) =>
        Run($"INSERT INTO jobs ({JobRow.Columns}) VALUES ({JobRow.Parameters}) ON CONFLICT DO NOTHING", [.. JobRow.Write(job)]) == 1;

    /// <summary>A job, or <c>null</c> if there is none of that id.</summary>
    public JobRecord? Find(string id) => Read("WHERE id = $id", ("id", id)).FirstOrDefault();

    /// <summary>The job that a client's key stands for, or <c>null</c>.</summary>
    public JobRecord? FindByKey(string client, string key) =>
        Read("WHERE client = $client AND idempotency_key = $key", ("client", client), ("key", key)).FirstOrDefault();

    /// <summary>All jobs that wait or run, oldest first.</summary>
    public IReadOnlyList<JobRecord> Unfinished() =>
        Read("WHERE status IN ($queued, $running) ORDER BY id", ("queued", nameof(JobStatus.Queued)), ("running", nameof(JobStatus.Running)));

    /// <summary>The ids of all jobs.</summary>
    public IReadOnlySet<string> Ids()
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = Command(connection, "SELECT id FROM jobs");
        using SqliteDataReader reader = command.ExecuteReader();
        HashSet<string> ids = [];
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>A part of the history, newest first.</summary>
    /// <param name="search">Words that name, caption, model or parameters hold; <c>null</c> for all.</param>
    /// <param name="status">How the jobs stand; <c>null</c> for all.</param>
    /// <param name="before">Only jobs older than that of this id; <c>null</c> for all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<JobRecord> List(string? search, JobStatus? status, string? before, int limit)
    {
        List<string> conditions = [];
        List<(string, object?)> values = [("limit", limit)];
        if (status is not null)
        {
            conditions.Add("status = $status");
            values.Add(("status", status.Value.ToString()));
        }

        if (before is not null)
        {
            conditions.Add("id < $before");
            values.Add(("before", before));
        }

        string[] words = search?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        for (int i = 0; i < words.Length; i++)
        {
            conditions.Add($"(name || ' ' || caption || ' ' || model || ' ' || parameters) LIKE $word{i} ESCAPE '\\'");
            values.Add(($"word{i}", $"%{EscapePattern(words[i])}%"));
        }

        string where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        return Read($"{where} ORDER BY id DESC LIMIT $limit", [.. values]);
    }

    /// <summary>Notes that work on a queued job begins.</summary>
    /// <returns><c>false</c> if it waits no longer.</returns>
    public bool TryStart(string id, DateTimeOffset time) => Run(
        "UPDATE jobs SET status = $to, started_at = $time, device = NULL, attempts = attempts + 1 WHERE id = $id AND status = $from",
        ("id", id), ("from", nameof(JobStatus.Queued)), ("to", nameof(JobStatus.Running)), ("time", JobRow.Milliseconds(time))) == 1;

    /// <summary>Notes what computes a job.</summary>
    public void NoteDevice(string id, string device) => Run("UPDATE jobs SET device = $device WHERE id = $id", ("id", id), ("device", device));

    /// <summary>Puts a running job back into the queue.</summary>
    /// <returns><c>false</c> if it runs no longer.</returns>
    public bool TryRequeue(string id) => Run(
        "UPDATE jobs SET status = $to, started_at = NULL WHERE id = $id AND status = $from",
        ("id", id), ("from", nameof(JobStatus.Running)), ("to", nameof(JobStatus.Queued))) == 1;

    /// <summary>Notes that a job is over.</summary>
    /// <param name="id">The job.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="error">Why, if it failed.</param>
    /// <param name="time">When.</param>
    /// <param name="mayWait">Whether it may still have been waiting.</param>
    /// <returns><c>false</c> if it was over already.</returns>
    public bool TryFinish(string id, JobStatus status, string? error, DateTimeOffset time, bool mayWait = false) => Run(
        "UPDATE jobs SET status = $to, error = $error, finished_at = $time WHERE id = $id AND status IN ($running, $queued)",
        ("id", id),
        ("to", status.ToString()),
        ("error", error),
        ("time", JobRow.Milliseconds(time)),
        ("running", nameof(JobStatus.Running)),
        ("queued", mayWait ? nameof(JobStatus.Queued) : nameof(JobStatus.Running))) == 1;

    /// <summary>Keeps what someone thinks of a job's result.</summary>
    /// <returns><c>false</c> if there is no such job.</returns>
    public bool SetFeedback(string id, int score, string? text) =>
        Run("UPDATE jobs SET score = $score, feedback = $text WHERE id = $id", ("id", id), ("score", score), ("text", text)) == 1;

    /// <summary>Forgets a job that is over.</summary>
    /// <returns><c>false</c> if there is none.</returns>
    public bool TryDelete(string id) => Run(
        "DELETE FROM jobs WHERE id = $id AND status NOT IN ($queued, $running)",
        ("id", id), ("queued", nameof(JobStatus.Queued)), ("running", nameof(JobStatus.Running))) == 1;

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        using SqliteConnection any = new(_connectionString);
        SqliteConnection.ClearPool(any);
    }

    private static string EscapePattern(string word) =>
        word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_writing)
        {
            using SqliteCommand command = Command(_writer, sql, values);
            return command.ExecuteNonQuery();
        }
    }

    private List<JobRecord> Read(string rest, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = Command(connection, $"SELECT {JobRow.Columns} FROM jobs {rest}", values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<JobRecord> jobs = [];
        while (reader.Read())
        {
            jobs.Add(JobRow.Read(reader));
        }

        return jobs;
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new(_connectionString);
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in values)
        {
            command.Parameters.AddWithValue("$" + name, value ?? DBNull.Value);
        }

        return command;
    }
}
