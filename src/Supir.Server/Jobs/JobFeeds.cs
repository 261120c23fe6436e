using System.Collections.Concurrent;

namespace Supir.Server.Jobs;

/// <summary>The feeds of all jobs that are not over.</summary>
internal sealed class JobFeeds
{
    private readonly ConcurrentDictionary<string, JobFeed> _feeds = new();

    /// <summary>Begins a job's feed.</summary>
    public void Open(string id) => _feeds.TryAdd(id, new JobFeed(JobStatus.Queued));

    /// <summary>A job's feed; <c>null</c> if it is over.</summary>
    public JobFeed? Find(string id) => _feeds.GetValueOrDefault(id);

    /// <summary>Tells the last of a job.</summary>
    public void Close(string id, JobStatus status, string? error)
    {
        if (_feeds.TryRemove(id, out JobFeed? feed))
        {
            feed.Report(status, error);
        }
    }
}
