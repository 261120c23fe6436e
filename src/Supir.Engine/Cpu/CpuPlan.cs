using System.Diagnostics;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Operations;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu;

/// <summary>A graph compiled for the CPU: a list of operations over one arena.</summary>
public sealed unsafe class CpuPlan : IPlan
{
    private readonly Graph _graph;
    private readonly WorkerPool _pool;
    private readonly CpuWeightStore _weights;
    private readonly CpuStateStore _states;
    private readonly List<PackedKey> _acquired;
    private readonly List<State> _acquiredStates;
    private readonly AlignedMemory _arena;
    private readonly AlignedMemory _scratch;
    private readonly BoundOperation[] _perRun;
    private readonly BoundOperation[] _perStep;
    private readonly Dictionary<string, MatrixView> _inputs = [];
    private readonly Dictionary<string, MatrixView> _outputs = [];
    private bool _isPrepared;

    internal CpuPlan(Graph graph, CpuPlanLayout layout, CpuWeightStore weights, CpuStateStore states, WorkerPool pool)
    {
        _graph = graph;
        _pool = pool;
        _weights = weights;
        _states = states;
        _arena = new AlignedMemory(layout.ArenaBytes);
        _acquiredStates = [.. layout.States];
        CpuPlanBuilder builder = new(layout, _arena.Pointer, weights, _acquiredStates.ToDictionary(state => state, states.Acquire));
        _acquired = builder.Acquired;
        CpuOperation[] perRun = builder.Build(layout.PerRun);
        CpuOperation[] perStep = builder.Build(layout.PerStep);
        long scratchPerThread = ScratchBytesPerThread(layout);
        _scratch = new AlignedMemory(scratchPerThread * pool.ThreadCount);
        _perRun = Array.ConvertAll(perRun, Bind);
        _perStep = Array.ConvertAll(perStep, Bind);
        foreach ((string name, Value value) in graph.Inputs)
        {
            _inputs.Add(name, builder.View(value));
        }

        foreach ((string name, Value value) in graph.Outputs)
        {
            _outputs.Add(name, builder.View(value));
        }

        BoundOperation Bind(CpuOperation operation) =>
            new(operation, (unit, thread) => operation.Run(unit, _scratch.Pointer + (thread * scratchPerThread)));
    }

    /// <inheritdoc/>
    public long ArenaBytes => _arena.Bytes + _scratch.Bytes;

    /// <summary>Floating-point operations of the matrix products that one run executes, once-per-run ones left out.</summary>
    public double Flops => _perStep.Sum(bound => bound.Operation.Flops);

    /// <summary>Where a profile is kept; while it is <c>null</c>, nothing is timed.</summary>
    public Profile? Profile { get; set; }

    /// <inheritdoc/>
    public void SetInput(string name, ReadOnlySpan<float> elements)
    {
        MatrixView view = Find(_inputs, name, "input", elements.Length, _graph.Inputs);
        view.CopyFrom(elements);
        if (_graph.Inputs[name].IsPerRun)
        {
            _isPrepared = false;
        }
    }

    /// <inheritdoc/>
    public void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!_isPrepared)
        {
            Run(_perRun, null, cancellationToken);
            _isPrepared = true;
        }

        Run(_perStep, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public void GetOutput(string name, Span<float> elements)
    {
        MatrixView view = Find(_outputs, name, "output", elements.Length, _graph.Outputs);
        view.CopyTo(elements);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PackedKey key in _acquired)
        {
            _weights.Release(key);
        }

        foreach (State state in _acquiredStates)
        {
            _states.Release(state);
        }

        _acquiredStates.Clear();
        _acquired.Clear();
        foreach (BoundOperation bound in _perRun.Concat(_perStep))
        {
            bound.Operation.Dispose();
        }

        _arena.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Bytes that each thread has to itself.</summary>
    internal static long ScratchBytesPerThread(CpuPlanLayout layout) => AlignedMemory.Align(layout.ScratchBytes);

    private static MatrixView Find(
        Dictionary<string, MatrixView> views, string name, string kind, int count, IReadOnlyDictionary<string, Value> values)
    {
        if (!views.TryGetValue(name, out MatrixView view))
        {
            throw new ArgumentException($"The plan has no {kind} '{name}'; it has {string.Join(", ", views.Keys)}.", nameof(name));
        }

        if (values[name].Shape.ElementCount != count)
        {
            throw new ArgumentException($"The {kind} '{name}' is {values[name].Shape}, {values[name].Shape.ElementCount} numbers, but {count} were given.", nameof(count));
        }

        return view;
    }

    private void Run(BoundOperation[] operations, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        double total = progress is null ? 0 : Math.Max(1, operations.Sum(bound => bound.Operation.Flops));
        double done = 0;
        foreach (BoundOperation bound in operations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Profile is null ? 0 : Stopwatch.GetTimestamp();
            _pool.Run(bound.Operation.Units, bound.Work);
            Profile?.Add(bound.Operation.Name, bound.Operation.Flops, Stopwatch.GetElapsedTime(start), bound.Operation.Layer);
            if (progress is not null && bound.Operation.Flops > 0)
            {
                done += bound.Operation.Flops;
                progress.Report(done / total);
            }
        }
    }

    /// <summary>An operation and what a thread does for one of its units; made once, so that a run allocates nothing.</summary>
    private sealed record BoundOperation(CpuOperation Operation, Action<int, int> Work);
}
