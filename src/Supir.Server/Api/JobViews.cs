using System.Text.Json.Nodes;
using Supir.Server.Api.Contract;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>Jobs as the API shows them: what the database keeps, and how far they are.</summary>
internal sealed class JobViews(JobFeeds feeds, JobQueue queue)
{
    /// <summary>A job in a list.</summary>
    public JobSummary Summary(JobRecord job) => new()
    {
        Id = job.Id,
        Status = job.Status,
        Name = job.Name,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        Model = job.Model,
        Caption = job.Caption,
        Samples = job.Samples,
        Width = job.Width,
        Height = job.Height,
        Priority = job.Priority,
        QueuePosition = job.Status == JobStatus.Queued ? queue.PositionOf(job.Id) : null,
        Progress = job.Status == JobStatus.Running ? feeds.Find(job.Id)?.State.Progress : null,
        Error = job.Error,
        Feedback = FeedbackOf(job),
    };

    /// <summary>Everything about a job.</summary>
    public Job Whole(JobRecord job) => new(Summary(job))
    {
        Parameters = (JsonObject)JsonNode.Parse(job.Parameters)!,
        Used = (JsonObject)JsonNode.Parse(job.Used)!,
        Device = job.Device,
        InputWidth = job.InputWidth,
        InputHeight = job.InputHeight,
    };

    private static Feedback? FeedbackOf(JobRecord job) => job.Score is int score ? new Feedback(score, job.FeedbackText) : null;
}
