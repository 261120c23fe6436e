using Microsoft.Data.Sqlite;

namespace Supir.Server.Jobs;

/// <summary>The tables, and how those of an earlier version become them.</summary>
internal static class JobSchema
{
    // Each entry brings a database from the version of its index to the next one; an entry is never changed once it was published.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            client TEXT NOT NULL,
            status TEXT NOT NULL,
            name TEXT NOT NULL,
            priority INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            parameters TEXT NOT NULL,
            used TEXT NOT NULL,
            model TEXT NOT NULL,
            device TEXT,
            caption TEXT NOT NULL,
            samples INTEGER NOT NULL,
            input_width INTEGER NOT NULL,
            input_height INTEGER NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            error TEXT,
            score INTEGER,
            feedback TEXT,
            idempotency_key TEXT,
            fingerprint TEXT NOT NULL,
            attempts INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX jobs_by_status ON jobs (status, id);
        CREATE UNIQUE INDEX jobs_by_key ON jobs (client, idempotency_key) WHERE idempotency_key IS NOT NULL;
        """,
    ];

    /// <summary>Brings a database up to date.</summary>
    /// <exception cref="Restoration.OptionException">A later version of the program wrote it.</exception>
    public static void Prepare(SqliteConnection connection, string path)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        int version = Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        if (version > Steps.Length)
        {
            throw new Restoration.OptionException(
                $"--data: {path} was written by a later version of the program (format {version}; this one knows {Steps.Length}): update, or choose another folder.");
        }

        for (; version < Steps.Length; version++)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            command.CommandText = $"{Steps[version]} PRAGMA user_version = {version + 1}";
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }
}
