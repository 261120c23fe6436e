using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Supir.Server.Jobs;

namespace Supir.Server.Api.Contract;

/// <summary>The answer to a new job.</summary>
/// <param name="Id">Names the job from now on.</param>
/// <param name="Status">How it stands.</param>
public sealed record JobAccepted(string Id, JobStatus Status);

/// <summary>A new job as JSON; the other way is multipart.</summary>
/// <param name="Picture">The picture file, in base64.</param>
/// <param name="Name">What the picture is called.</param>
/// <param name="Parameters">Settings by the command line's names, <c>model</c> and <c>device</c>.</param>
public sealed record JobRequest(string Picture, string? Name = null, JsonObject? Parameters = null);

/// <summary>A page of the history.</summary>
/// <param name="Jobs">Newest first.</param>
/// <param name="Next">What <c>before</c> has to be for the next page; <c>null</c> on the last one.</param>
public sealed record JobList(IReadOnlyList<JobSummary> Jobs, string? Next);

/// <summary>A job in a list.</summary>
public record JobSummary
{
    /// <summary>Names the job.</summary>
    public required string Id { get; init; }

    /// <summary>How it stands.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>What the picture is called.</summary>
    public required string Name { get; init; }

    /// <summary>When it was posted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its work began; <c>null</c> before.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, well or not; <c>null</c> before.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The model, by its id.</summary>
    public required string Model { get; init; }

    /// <summary>What the picture shows, as the job was told.</summary>
    public required string Caption { get; init; }

    /// <summary>How many results there are, or will be.</summary>
    public required int Samples { get; init; }

    /// <summary>Pixels of a row of the result.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the result.</summary>
    public required int Height { get; init; }

    /// <summary>Higher ones go first.</summary>
    public required int Priority { get; init; }

    /// <summary>Jobs that go before this one; <c>null</c> unless it waits.</summary>
    public required int? QueuePosition { get; init; }

    /// <summary>How far it is; <c>null</c> unless it runs.</summary>
    public required JobProgress? Progress { get; init; }

    /// <summary>What went wrong; <c>null</c> unless it failed.</summary>
    public required string? Error { get; init; }

    /// <summary>What its owner thought of it.</summary>
    public required Feedback? Feedback { get; init; }
}

/// <summary>A job with everything that is known of it.</summary>
public sealed record Job : JobSummary
{
    /// <summary>Begins with what a list says of it.</summary>
    [SetsRequiredMembers]
    internal Job(JobSummary summary)
        : base(summary)
    {
        Parameters = [];
        Used = [];
    }

    /// <summary>The settings as they were posted.</summary>
    public required JsonObject Parameters { get; init; }

    /// <summary>All settings as they are used, the seed among them.</summary>
    public required JsonObject Used { get; init; }

    /// <summary>What computes or computed it; <c>null</c> before its work began.</summary>
    public required string? Device { get; init; }

    /// <summary>Pixels of a row of the picture that was posted.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Rows of the picture that was posted.</summary>
    public required int InputHeight { get; init; }
}

/// <summary>How far a job is.</summary>
/// <param name="Fraction">The part of the whole arithmetic that is done, 0 to 1.</param>
/// <param name="Stage">text, encode, stage1, sample, decode or finish.</param>
/// <param name="Step">Steps of the stage that are done; 0 of 0 for a stage without steps.</param>
/// <param name="Steps">Steps of the stage.</param>
/// <param name="SecondsLeft">An estimate; <c>null</c> while there is nothing to go by.</param>
public sealed record JobProgress(double Fraction, string Stage, int Step, int Steps, double? SecondsLeft);

/// <summary>What a picture looks like half way.</summary>
/// <param name="Jpeg">A small JPEG file, in base64.</param>
/// <param name="Stage">stage1 or sample.</param>
/// <param name="Step">The sampling step that it was taken after; 0 for stage 1.</param>
public sealed record JobPreview(string Jpeg, string Stage, int Step);

/// <summary>A change of how a job stands.</summary>
/// <param name="Status">How it stands now.</param>
/// <param name="QueuePosition">Jobs that go before it; <c>null</c> unless it waits.</param>
/// <param name="Error">What went wrong; <c>null</c> unless it failed.</param>
public sealed record JobStatusChange(JobStatus Status, int? QueuePosition, string? Error);

/// <summary>What someone thinks of a result.</summary>
/// <param name="Score">1 to 5.</param>
/// <param name="Text">Words, at most 4000 characters.</param>
public sealed record Feedback([property: Description("1 to 5")] int Score, string? Text = null);
