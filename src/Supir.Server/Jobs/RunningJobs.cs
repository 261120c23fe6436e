using System.Collections.Concurrent;

namespace Supir.Server.Jobs;

/// <summary>The jobs that are worked on, and how long they usually take.</summary>
internal sealed class RunningJobs
{
    /// <summary>The weight of the latest job in the mean.</summary>
    private const double LatestWeight = 0.3;

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _stops = new();
    private double _typicalSeconds;

    /// <summary>How many run.</summary>
    public int Count => _stops.Count;

    /// <summary>How long a job has taken of late, in seconds; 0 while none is done.</summary>
    public double TypicalSeconds => Volatile.Read(ref _typicalSeconds);

    /// <summary>Notes that a job runs until the returned scope ends.</summary>
    public IDisposable Add(string id, CancellationTokenSource stop)
    {
        _stops[id] = stop;
        return new Scope(this, id);
    }

    /// <summary>Asks a job to stop, if it runs.</summary>
    public void Cancel(string id)
    {
        if (_stops.TryGetValue(id, out CancellationTokenSource? stop))
        {
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended at this moment.
            }
        }
    }

    /// <summary>Notes how long a job took.</summary>
    public void NoteTime(TimeSpan time)
    {
        double typical = _typicalSeconds == 0 ? time.TotalSeconds : _typicalSeconds + (LatestWeight * (time.TotalSeconds - _typicalSeconds));
        Volatile.Write(ref _typicalSeconds, typical);
    }

    private sealed class Scope(RunningJobs jobs, string id) : IDisposable
    {
        public void Dispose() => jobs._stops.TryRemove(id, out _);
    }
}
