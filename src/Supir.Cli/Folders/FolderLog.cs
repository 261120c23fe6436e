using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Supir.Restoration;

namespace Supir.Cli.Folders;

/// <summary>The log of <c>--log</c>: a line of JSON for each picture as soon as its outcome is known; a later run's lines follow.</summary>
internal sealed class FolderLog : IDisposable
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StreamWriter _writer;

    private FolderLog(StreamWriter writer)
    {
        _writer = writer;
    }

    /// <summary>Opens a log, or none.</summary>
    /// <exception cref="OptionException">It cannot be written.</exception>
    public static FolderLog? Open(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            return new FolderLog(new StreamWriter(path, append: true) { AutoFlush = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"--log: {path} cannot be written ({exception.Message.TrimEnd('.')}). Choose another place.", exception);
        }
    }

    /// <summary>Writes an outcome.</summary>
    public void Write(FolderOutcome outcome)
    {
        bool isDone = outcome.State == PictureState.Done;
        _writer.WriteLine(JsonSerializer.Serialize(
            new
            {
                Time = DateTimeOffset.Now,
                Input = outcome.Picture.Path,
                Outcome = outcome.State switch { PictureState.Done => "done", PictureState.Skipped => "skipped", _ => "failed" },
                Outputs = outcome.State == PictureState.Failed ? null : outcome.Picture.Outputs,
                Seconds = isDone ? Math.Round(outcome.Time.TotalSeconds, 3) : (double?)null,
                Seed = outcome.Restored?.Settings.Seed,
                Width = outcome.Restored?.Picture.Width,
                Height = outcome.Restored?.Picture.Height,
                ExitCode = outcome.Fault?.ExitCode,
                Error = outcome.Fault?.Message,
            },
            Format));
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
