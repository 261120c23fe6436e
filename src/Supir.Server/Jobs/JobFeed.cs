using Supir.Server.Api.Contract;

namespace Supir.Server.Jobs;

/// <summary>What happens to one job, for whoever watches: the latest of each kind, and a signal that something is new.</summary>
/// <remarks>Only the latest counts: who reads slowly misses what lies between, and nothing piles up.</remarks>
internal sealed class JobFeed
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobFeedState _state;

    /// <summary>Starts with a status.</summary>
    public JobFeed(JobStatus status)
    {
        _state = new JobFeedState(status, null, null, null);
    }

    /// <summary>The latest of everything.</summary>
    public JobFeedState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>The latest, and what ends when there is something later.</summary>
    public (JobFeedState State, Task Changed) Watch()
    {
        lock (_lock)
        {
            return (_state, _changed.Task);
        }
    }

    /// <summary>Tells how far the job is.</summary>
    public void Report(JobProgress progress) => Change(state => state with { Progress = progress });

    /// <summary>Shows what it looks like.</summary>
    public void Show(JobPreview preview) => Change(state => state with { Preview = preview });

    /// <summary>Tells how the job stands; one that waits again begins anew.</summary>
    public void Report(JobStatus status, string? error = null) => Change(state =>
        status == JobStatus.Queued ? new JobFeedState(status, null, null, null) : state with { Status = status, Error = error });

    private void Change(Func<JobFeedState, JobFeedState> change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = change(_state);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}

/// <summary>The latest of everything about a job.</summary>
internal sealed record JobFeedState(JobStatus Status, JobProgress? Progress, JobPreview? Preview, string? Error);
