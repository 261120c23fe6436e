namespace Supir.Engine.Cpu;

/// <summary>Threads that run the units of one operation after another: they spin for a moment between operations, then park.</summary>
/// <remarks>An operation of a network takes about a millisecond, less than it costs to wake a thread of the general pool.
/// The calling thread works too. Which thread runs a unit never changes a result.</remarks>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Looks for new work, each with a processor pause, before a thread parks: some tens of microseconds.</summary>
    private const int SpinsBeforeParking = 2000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _isParked;
    private readonly Lock _runLock = new();
    private Action<int, int> _work = static (_, _) => { };
    private Exception? _failure;
    private int _units;
    private int _next;
    private int _generation;
    private int _busy;
    private bool _stopping;

    /// <summary>Starts the threads; <paramref name="threadCount"/> includes the calling one.</summary>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        _wake = new SemaphoreSlim[threadCount - 1];
        _isParked = new int[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"supir worker {i + 1}" };
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
            StartGeneration();
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
            StartGeneration();
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        foreach (SemaphoreSlim wake in _wake)
        {
            wake.Dispose();
        }
    }

    private void StartGeneration()
    {
        Interlocked.Increment(ref _generation);
        for (int worker = 0; worker < _threads.Length; worker++)
        {
            if (Interlocked.Exchange(ref _isParked[worker], 0) == 1)
            {
                _wake[worker].Release();
            }
        }
    }

    private void Serve(int worker)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(worker, seen);
            seen++;
            if (_stopping)
            {
                return;
            }

            Work(worker + 1);
            Interlocked.Decrement(ref _busy);
        }
    }

    private void WaitForNext(int worker, int seen)
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
        // Each worker has a semaphore of its own; a permit that came too late only makes one more turn of this loop.
        while (Volatile.Read(ref _generation) == seen)
        {
            Interlocked.Exchange(ref _isParked[worker], 1);
            if (Volatile.Read(ref _generation) == seen)
            {
                _wake[worker].Wait();
            }
        }
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
