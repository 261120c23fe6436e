using System.Diagnostics;

namespace Supir.Engine.Cpu;

/// <summary>Where one thread waits for what others bring about: it spins for a moment, then gives its processor away until it is woken.</summary>
/// <remarks>Who spins on is in the way of the very thread that is waited for, where other programs have a share of the processors. Yielding is
/// no remedy: Linux charges a thread that yields for a whole slice and gives that to the other program, at each of a thousand waits a second.
/// A thread that sleeps is charged for nothing, comes first when it is woken, and leaves a processor that the scheduler fills at once.</remarks>
internal sealed class WaitingPlace
{
    /// <summary>Looks between two at the clock.</summary>
    private const int LooksAtOnce = 8;

    /// <summary>Processor pauses between two looks.</summary>
    private const int Pauses = 10;

    private readonly long _patience;
    private readonly object _gate = new();
    private int _isAsleep;

    /// <summary>A place for one thread at a time.</summary>
    /// <param name="patience">How long it spins before it sleeps.</param>
    public WaitingPlace(TimeSpan patience)
    {
        _patience = (long)(patience.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Whoever makes it hold does so by an <see cref="Interlocked"/> operation, and then calls <see cref="Wake"/>.</param>
    public void WaitFor(Func<bool> condition)
    {
        while (!HoldsWhileSpinning(condition))
        {
            SleepUnless(condition);
        }
    }

    /// <summary>Has the thread that sleeps here, if one does, look again.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _isAsleep) != 0)
        {
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private bool HoldsWhileSpinning(Func<bool> condition)
    {
        long end = Stopwatch.GetTimestamp() + _patience;
        do
        {
            for (int look = 0; look < LooksAtOnce; look++)
            {
                if (condition())
                {
                    return true;
                }

                Thread.SpinWait(Pauses);
            }
        }
        while (Stopwatch.GetTimestamp() < end);
        return false;
    }

    private void SleepUnless(Func<bool> condition)
    {
        lock (_gate)
        {
            // Announce first, look again after: whoever makes the condition hold between the two sees the announcement, and waits for the gate.
            Interlocked.Exchange(ref _isAsleep, 1);
            if (!condition())
            {
                Monitor.Wait(_gate);
            }

            Volatile.Write(ref _isAsleep, 0);
        }
    }
}
