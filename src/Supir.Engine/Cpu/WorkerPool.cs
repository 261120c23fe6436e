using System.Runtime.ExceptionServices;

namespace Supir.Engine.Cpu;

/// <summary>Threads that run the units of one operation after another.</summary>
/// <remarks>An operation of a network takes about a millisecond or less: waking a thread for each would show, so they spin for a moment first.
/// The calling thread works too. Which thread runs a unit never changes a result. None is waited for but those that have a unit in hand: a
/// worker that another program keeps from the processors misses an operation and joins a later one.</remarks>
internal sealed class WorkerPool : IDisposable
{
    private const long OneGeneration = 1L << 32;
    private const long Open = 1L << 31;
    private const long Inside = Open - 1;

    /// <summary>What it takes to wake one thread, about: who spins no longer than that before it sleeps loses at most as much again.</summary>
    private static readonly TimeSpan OneWaking = TimeSpan.FromMicroseconds(50);

    /// <summary>What it takes the caller to have a further thread woken, about: it wakes them one after the other.</summary>
    private static readonly TimeSpan OneCall = TimeSpan.FromMicroseconds(5);

    private readonly Thread[] _threads;
    private readonly WaitingPlace[] _workers;
    private readonly WaitingPlace _caller;
    private readonly Func<bool> _isEmpty;
    private readonly Lock _runLock = new();
    private Action<int, int> _work = static (_, _) => { };
    private Exception? _failure;
    private int _units;
    private int _next;
    private bool _isStopping;
    private bool _isStarted;

    /// <summary>Operations begun · 2³² + (whether workers may enter this one) · 2³¹ + workers inside.</summary>
    private long _door;

    /// <summary>Makes the threads, which start with the first work: while the system loads a library it starts none, and libvips is being loaded when a
    /// program makes its pool.</summary>
    /// <param name="threadCount">Threads, the calling one among them.</param>
    public WorkerPool(int threadCount)
        : this(threadCount, OneWaking)
    {
    }

    /// <summary>As above.</summary>
    /// <param name="threadCount">Threads, the calling one among them.</param>
    /// <param name="patience">How long a thread spins before it sleeps.</param>
    internal WorkerPool(int threadCount, TimeSpan patience)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ThreadCount = threadCount;
        _caller = new WaitingPlace(patience);
        _isEmpty = () => (Volatile.Read(ref _door) & Inside) == 0;
        _threads = new Thread[threadCount - 1];
        _workers = new WaitingPlace[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i;
            _workers[i] = new WaitingPlace(patience + (OneCall * _threads.Length));
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"supir worker {i + 1}" };
        }
    }

    /// <summary>Threads that work, the caller's among them.</summary>
    public int ThreadCount { get; }

    /// <summary>Calls <paramref name="work"/>(unit, thread) once for every unit and returns when all are done.</summary>
    /// <exception cref="OutOfMemoryException">A unit found too little memory.</exception>
    /// <exception cref="InvalidOperationException">A unit failed otherwise; what is left of the others was not begun.</exception>
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

            Start();
            _work = work;
            _units = units;
            _next = -1;
            _failure = null;
            Interlocked.Add(ref _door, OneGeneration + Open);
            for (int worker = 0; worker < Math.Min(units - 1, _workers.Length); worker++)
            {
                _workers[worker].Wake();
            }

            Work(0);
            Interlocked.Add(ref _door, -Open);
            _caller.WaitFor(_isEmpty);
            if (_failure is OutOfMemoryException)
            {
                ExceptionDispatchInfo.Throw(_failure);
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
            Interlocked.Exchange(ref _isStopping, true);
            if (!_isStarted)
            {
                return;
            }

            Array.ForEach(_workers, worker => worker.Wake());
        }

        Array.ForEach(_threads, thread => thread.Join());
    }

    private void Start()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            Array.ForEach(_threads, thread => thread.Start());
        }
    }

    private void Serve(int worker)
    {
        int seen = 0;
        bool CanEnter() => Volatile.Read(ref _isStopping) || IsOpen(Volatile.Read(ref _door), seen);
        Func<bool> canEnter = CanEnter;
        while (true)
        {
            _workers[worker].WaitFor(canEnter);
            if (Volatile.Read(ref _isStopping))
            {
                return;
            }

            if (TryEnter(ref seen))
            {
                Work(worker + 1);
                if ((Interlocked.Decrement(ref _door) & (Open | Inside)) == 0)
                {
                    _caller.Wake();
                }
            }
        }
    }

    private bool TryEnter(ref int seen)
    {
        long door = Volatile.Read(ref _door);
        while (IsOpen(door, seen))
        {
            long found = Interlocked.CompareExchange(ref _door, door + 1, door);
            if (found == door)
            {
                seen = GenerationOf(door);
                return true;
            }

            door = found;
        }

        return false;
    }

    private static bool IsOpen(long door, int seen) => (door & Open) != 0 && GenerationOf(door) != seen;

    private static int GenerationOf(long door) => (int)(door >> 32);

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
#pragma warning disable CA1031 // Run throws it on the calling thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            Interlocked.Exchange(ref _next, _units);
        }
    }
}
