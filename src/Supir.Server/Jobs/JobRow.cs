using Microsoft.Data.Sqlite;

namespace Supir.Server.Jobs;

/// <summary>A job as a row of the table, to and fro.</summary>
internal static class JobRow
{
    /// <summary>The columns in the order in which <see cref="Read"/> wants them.</summary>
    public const string Columns =
        "id, client, status, name, priority, created_at, started_at, finished_at, parameters, used, model, device, caption, samples, " +
        "input_width, input_height, width, height, error, score, feedback, idempotency_key, fingerprint, attempts";

    /// <summary>As many parameters as there are columns, named after them.</summary>
    public static string Parameters { get; } = string.Join(", ", Columns.Split(", ").Select(column => "$" + column));

    /// <summary>The job of the row that a reader is at.</summary>
    public static JobRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Client = row.GetString(1),
        Status = Enum.Parse<JobStatus>(row.GetString(2)),
        Name = row.GetString(3),
        Priority = row.GetInt32(4),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        StartedAt = TimeOf(row, 6),
        FinishedAt = TimeOf(row, 7),
        Parameters = row.GetString(8),
        Used = row.GetString(9),
        Model = row.GetString(10),
        Device = TextOf(row, 11),
        Caption = row.GetString(12),
        Samples = row.GetInt32(13),
        InputWidth = row.GetInt32(14),
        InputHeight = row.GetInt32(15),
        Width = row.GetInt32(16),
        Height = row.GetInt32(17),
        Error = TextOf(row, 18),
        Score = row.IsDBNull(19) ? null : row.GetInt32(19),
        FeedbackText = TextOf(row, 20),
        IdempotencyKey = TextOf(row, 21),
        Fingerprint = row.GetString(22),
        Attempts = row.GetInt32(23),
    };

    /// <summary>The values of all columns.</summary>
    public static IEnumerable<(string Name, object? Value)> Write(JobRecord job) =>
    [
        ("id", job.Id),
        ("client", job.Client),
        ("status", job.Status.ToString()),
        ("name", job.Name),
        ("priority", job.Priority),
        ("created_at", Milliseconds(job.CreatedAt)),
        ("started_at", Milliseconds(job.StartedAt)),
        ("finished_at", Milliseconds(job.FinishedAt)),
        ("parameters", job.Parameters),
        ("used", job.Used),
        ("model", job.Model),
        ("device", job.Device),
        ("caption", job.Caption),
        ("samples", job.Samples),
        ("input_width", job.InputWidth),
        ("input_height", job.InputHeight),
        ("width", job.Width),
        ("height", job.Height),
        ("error", job.Error),
        ("score", job.Score),
        ("feedback", job.FeedbackText),
        ("idempotency_key", job.IdempotencyKey),
        ("fingerprint", job.Fingerprint),
        ("attempts", job.Attempts),
    ];

    /// <summary>A time as the table keeps it.</summary>
    public static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private static string? TextOf(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? TimeOf(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
