namespace Supir.Server.Jobs;

/// <summary>A job as the database keeps it. It never changes: the store makes a new one of every state.</summary>
internal sealed record JobRecord
{
    /// <summary>32 hexadecimal digits that rise with time.</summary>
    public required string Id { get; init; }

    /// <summary>Who posted it, for a fair order.</summary>
    public required string Client { get; init; }

    /// <summary>How it stands.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>What the picture is called; never a path.</summary>
    public required string Name { get; init; }

    /// <summary>Higher ones go first.</summary>
    public required int Priority { get; init; }

    /// <summary>When it was posted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The parameters as posted, a JSON object.</summary>
    public required string Parameters { get; init; }

    /// <summary>All settings, the seed among them, a JSON object.</summary>
    public required string Used { get; init; }

    /// <summary>The model's id.</summary>
    public required string Model { get; init; }

    /// <summary>What computed it.</summary>
    public string? Device { get; init; }

    /// <summary>What the picture shows.</summary>
    public required string Caption { get; init; }

    /// <summary>How many results are wanted.</summary>
    public required int Samples { get; init; }

    /// <summary>Pixels of a row of the posted picture.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Rows of the posted picture.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Pixels of a row of the result.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the result.</summary>
    public required int Height { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>1 to 5.</summary>
    public int? Score { get; init; }

    /// <summary>Words to the score.</summary>
    public string? FeedbackText { get; init; }

    /// <summary>What its poster named the request, so that posting it again makes no second job.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A digest of the request, to tell a repetition from another request under the same key.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>How often its work was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>After so many attempts that ended with the process, a job is given up.</summary>
    public const int MostAttempts = 3;

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool IsOver => Status is not (JobStatus.Queued or JobStatus.Running);
}
