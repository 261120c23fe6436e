using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Supir.Restoration;
using Supir.Server.Api.Contract;
using Supir.Server.Jobs;

namespace Supir.Server.Api;

/// <summary>Jobs: post, look at, watch, call off, forget, judge.</summary>
internal static class JobEndpoints
{
    private const int MostListed = 200;
    private const int UsuallyListed = 50;
    private const int LongestSearch = 200;
    private const int BestScore = 5;
    private const int LongestFeedback = 4000;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder jobs = api.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapPost("", Post).WithName("postJob").WithSummary("Post a picture to be restored")
            .AcceptsPicture<JobRequest>().Produces<JobAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(429);
        jobs.MapGet("", List).WithName("listJobs").WithSummary("The history and the queue, newest first").ProducesProblem(400);
        jobs.MapGet("/{id}", Get).WithName("getJob").WithSummary("A job").ProducesProblem(404);
        jobs.MapGet("/{id}/events", JobEventStream.Send).WithName("watchJob")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(404);
        jobs.MapDelete("/{id}", Delete).WithName("deleteJob").WithSummary("Call a job off; forget one that is over").ProducesProblem(404);
        jobs.MapPut("/{id}/feedback", PutFeedback).WithName("putFeedback").WithSummary("Say what you think of a result").ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<Accepted<JobAccepted>> Post(HttpRequest request, SubmissionReader reader, JobService jobs, CancellationToken cancellationToken)
    {
        JobRecord job = await jobs.Submit(await reader.Read(request, cancellationToken), cancellationToken);
        return TypedResults.Accepted($"/api/v1/jobs/{job.Id}", new JobAccepted(job.Id, job.Status));
    }

    private static JobList List(JobService jobs, JobViews views, string? search = null, string? status = null, int limit = UsuallyListed, string? before = null)
    {
        if (limit is < 1 or > MostListed)
        {
            throw new OptionException($"limit: must be 1 to {MostListed} but is {limit}.");
        }

        if (search?.Length > LongestSearch)
        {
            throw new OptionException($"search: has {search.Length} characters; at most {LongestSearch} are allowed.");
        }

        JobStatus? wanted = status is null ? null
            : Enum.TryParse(status, ignoreCase: true, out JobStatus parsed) && Enum.GetNames<JobStatus>().Contains(status, StringComparer.OrdinalIgnoreCase) ? parsed
            : throw new OptionException("status: must be queued, running, succeeded, failed or cancelled.");
        IReadOnlyList<JobRecord> page = jobs.List(search, wanted, before, limit + 1);
        return new JobList([.. page.Take(limit).Select(views.Summary)], page.Count > limit ? page[limit - 1].Id : null);
    }

    private static Results<Ok<Job>, NotFound> Get(string id, JobService jobs, JobViews views) =>
        jobs.Find(id) is JobRecord job ? TypedResults.Ok(views.Whole(job)) : TypedResults.NotFound();

    private static Results<Ok<JobAccepted>, NoContent, NotFound> Delete(string id, JobService jobs, bool purge = false)
    {
        if (jobs.Cancel(id) && !purge)
        {
            return TypedResults.Ok(new JobAccepted(id, JobStatus.Cancelled));
        }

        return jobs.Delete(id) ? TypedResults.NoContent() : TypedResults.NotFound();
    }

    private static Results<NoContent, NotFound> PutFeedback(string id, Feedback feedback, JobService jobs)
    {
        if (feedback.Score is < 1 or > BestScore)
        {
            throw new OptionException($"score: must be 1 to {BestScore} but is {feedback.Score}.");
        }

        if (feedback.Text?.Length > LongestFeedback)
        {
            throw new OptionException($"text: has {feedback.Text.Length} characters; at most {LongestFeedback} are allowed.");
        }

        return jobs.SetFeedback(id, feedback) ? TypedResults.NoContent() : TypedResults.NotFound();
    }
}
