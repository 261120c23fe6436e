namespace Supir.Server.Jobs;

/// <summary>The jobs that wait, and which of them is next: the highest priority first; within it clients take turns, each with its oldest job.</summary>
/// <remarks>A client whose job began longest ago, or never, has the next turn, so that someone with a hundred pictures holds nobody up for
/// longer than one of them.</remarks>
internal sealed class JobQueue : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JobRecord> _waiting = [];
    private readonly Dictionary<string, long> _lastTurns = [];
    private readonly SemaphoreSlim _available = new(0);
    private Dictionary<string, int>? _positions;
    private long _turn;

    /// <summary>Jobs that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Lets a job wait.</summary>
    public void Add(JobRecord job)
    {
        lock (_lock)
        {
            _waiting.Add(job);
            _positions = null;
        }

        _available.Release();
    }

    /// <summary>Takes a job out that is not to be done any more.</summary>
    public void Remove(string id)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(job => job.Id == id);
            _positions = null;
        }
    }

    /// <summary>Waits for a job and takes it.</summary>
    /// <returns><c>null</c> if those that were there have been taken out.</returns>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public JobRecord? Take(CancellationToken stop)
    {
        _available.Wait(stop);
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return null;
            }

            JobRecord next = Next(_waiting, _lastTurns);
            _waiting.Remove(next);
            _lastTurns[next.Client] = ++_turn;
            _positions = null;
            ForgetIdleClients();
            return next;
        }
    }

    /// <summary>How many jobs go before a job; <c>null</c> if it does not wait.</summary>
    public int? PositionOf(string id)
    {
        lock (_lock)
        {
            _positions ??= Positions();
            return _positions.TryGetValue(id, out int position) ? position : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _available.Dispose();

    private static JobRecord Next(List<JobRecord> waiting, Dictionary<string, long> lastTurns)
    {
        JobRecord next = waiting[0];
        foreach (JobRecord job in waiting)
        {
            if (GoesBefore(job, next, lastTurns))
            {
                next = job;
            }
        }

        return next;
    }

    private static bool GoesBefore(JobRecord one, JobRecord other, Dictionary<string, long> lastTurns)
    {
        int order = other.Priority.CompareTo(one.Priority);
        order = order != 0 ? order : lastTurns.GetValueOrDefault(one.Client).CompareTo(lastTurns.GetValueOrDefault(other.Client));
        return (order != 0 ? order : string.CompareOrdinal(one.Id, other.Id)) < 0;
    }

    // The turns as they would be taken if nothing else came.
    private Dictionary<string, int> Positions()
    {
        List<JobRecord> waiting = [.. _waiting];
        Dictionary<string, long> lastTurns = new(_lastTurns);
        Dictionary<string, int> positions = [];
        for (long turn = _turn; waiting.Count > 0;)
        {
            JobRecord next = Next(waiting, lastTurns);
            waiting.Remove(next);
            lastTurns[next.Client] = ++turn;
            positions.Add(next.Id, positions.Count);
        }

        return positions;
    }

    private void ForgetIdleClients()
    {
        const int many = 1000;
        if (_lastTurns.Count > many)
        {
            HashSet<string> waiting = [.. _waiting.Select(job => job.Client)];
            foreach (string client in _lastTurns.Keys.Where(client => !waiting.Contains(client)).ToList())
            {
                _lastTurns.Remove(client);
            }
        }
    }
}
