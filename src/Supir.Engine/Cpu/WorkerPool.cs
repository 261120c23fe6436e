namespace Supir.Engine.Cpu;

/// <summary>Threads that run the units of one operation after another: they spin for a moment between operations, then park.</summary>
/// <remarks>An operation of a network takes about a millisecond, less than it costs to wake a thread of the general pool.
/// The calling thread works too. Which thread runs a unit never changes a result.</remarks>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Looks for new work, each with a processor pause, before a thread parks: some tens of microseconds.</summary>
    private const int SpinsBeforeParking = 2000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _runLock = new();
    private Action<int, int> _work = static (_, _) => { };
    private Exception? _failure;
    private int _units;
    private int _next;
    private int _generation;
    private int _busy;
    private int _parked;
    private bool _stopping;

    /// <summary>Starts the threads; <paramref name="threadCount"/> includes the calling one.</summary>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int thread = i + 1;
            _threads[i] = new Thread(() => Serve(thread)) { IsBackground = true, Name = $"supir worker {thread}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that work, the caller's among them.</summary>
    public int ThreadCount { get; }

    /// <summary>Calls <paramref name="work"/>(unit, thread) once for every unit and returns when all are done.</summary>
    public void Run(int units, Action<int, int> work)
    {
        lock (_runLock)
        {
            if (units <= 1 || _threads.Length == 0)
            {
                for (int unit = 0; unit < units; unit++)
                {
                    work(unit, 0);
                }

                return;
            }

            _work = work;
            _units = units;
            _next = -1;
            _failure = null;
            Volatile.Write(ref _busy, _threads.Length);
            Interlocked.Increment(ref _generation);
            int parked = Volatile.Read(ref _parked);
            if (parked > 0)
            {
                _wake.Release(parked);
            }

            Work(0);
            SpinWait spin = default;
            while (Volatile.Read(ref _busy) != 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            if (_failure is not null)
            {
                throw new InvalidOperationException($"A worker failed: {_failure.Message}", _failure);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_runLock)
        {
            _stopping = true;
            Interlocked.Increment(ref _generation);
            _wake.Release(_threads.Length);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
    }

    private void Serve(int thread)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(seen);
            seen++;
            if (_stopping)
            {
                return;
            }

            Work(thread);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void WaitForNext(int seen)
    {
        for (int i = 0; i < SpinsBeforeParking; i++)
        {
            if (Volatile.Read(ref _generation) != seen)
            {
                return;
            }

            Thread.SpinWait(10);
        }

        // Announce first, look again after: a caller that raises the generation between the two sees the announcement.
        Interlocked.Increment(ref _parked);
        while (Volatile.Read(ref _generation) == seen)
        {
            _wake.Wait();
        }

        Interlocked.Decrement(ref _parked);
    }

    private void Work(int thread)
    {
        try
        {
            int unit;
            while ((unit = Interlocked.Increment(ref _next)) < _units)
            {
                _work(unit, thread);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            Interlocked.Exchange(ref _next, _units);
        }
    }
}
