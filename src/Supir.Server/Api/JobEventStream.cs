using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Supir.Server.Api.Contract;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>A job's events as server-sent events: the latest of each kind at once, then what comes, until the job is over.</summary>
internal static class JobEventStream
{
    /// <summary>A sign of life between events, so that nothing on the way takes the connection for dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>A job's events as they come: status, progress, preview.</summary>
    public static async Task Send(string id, HttpContext context, JobService jobs, JobFeeds feeds, JobQueue queue, ServerLife life)
    {
        JobFeed? feed = feeds.Find(id);
        JobRecord? job = jobs.Find(id);
        if (job is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.Stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            if (feed is null)
            {
                await Write(context, "status", new JobStatusChange(job.Status, null, job.Error), end.Token);
                return;
            }

            await Follow(id, feed, queue, context, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The watcher or the server went away.
        }
    }

    private static async Task Follow(string id, JobFeed feed, JobQueue queue, HttpContext context, CancellationToken end)
    {
        JobStatusChange? lastStatus = null;
        JobFeedState? last = null;
        while (lastStatus is null || lastStatus.Status is JobStatus.Queued or JobStatus.Running)
        {
            (JobFeedState state, Task changed) = feed.Watch();
            JobStatusChange status = new(state.Status, state.Status == JobStatus.Queued ? queue.PositionOf(id) : null, state.Error);
            bool isOver = status.Status is not (JobStatus.Queued or JobStatus.Running);
            if (status != lastStatus && !isOver)
            {
                await Write(context, "status", status, end);
            }

            if (state.Progress is not null && state.Progress != last?.Progress)
            {
                await Write(context, "progress", state.Progress, end);
            }

            if (state.Preview is not null && state.Preview != last?.Preview)
            {
                await Write(context, "preview", state.Preview, end);
            }

            // The end comes last, so that nothing is left to say when the page closes the stream.
            if (isOver)
            {
                await Write(context, "status", status, end);
            }

            (lastStatus, last) = (status, state);
            if (!isOver)
            {
                await Wait(context, changed, end);
            }
        }
    }

    private static async Task Wait(HttpContext context, Task changed, CancellationToken end)
    {
        try
        {
            await changed.WaitAsync(Silence, end);
        }
        catch (TimeoutException)
        {
            await context.Response.WriteAsync(": still here\n\n", end);
        }
    }

    private static async Task Write<T>(HttpContext context, string kind, T data, CancellationToken end)
    {
        await context.Response.WriteAsync($"event: {kind}\ndata: {JsonSerializer.Serialize(data, ServerJson.Options)}\n\n", end);
        await context.Response.Body.FlushAsync(end);
    }
}
