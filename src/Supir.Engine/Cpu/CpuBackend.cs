using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu;

/// <summary>Runs graphs on the processor, in managed code.</summary>
public sealed class CpuBackend : IBackend
{
    private readonly WorkerPool _pool;
    private readonly CpuWeightStore _weights;
    private readonly CpuStateStore _states = new();

    /// <summary>Starts a backend with a number of threads; 0 takes one for each processor that this process may use.</summary>
    public CpuBackend(int threadCount = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threadCount);
        _pool = new WorkerPool(threadCount == 0 ? Environment.ProcessorCount : threadCount);
        _weights = new CpuWeightStore(_pool);
    }

    /// <summary>Threads that work.</summary>
    public int ThreadCount => _pool.ThreadCount;

    /// <summary>Bytes of packed weights that plans hold at present.</summary>
    public long WeightBytes => _weights.Bytes;

    /// <summary>Bytes of the states that plans hold at present.</summary>
    public long StateBytes => _states.Bytes;

    /// <inheritdoc/>
    public string Description => $"CPU, {InstructionSets.Best}, {_pool.ThreadCount} threads";

    /// <summary>Where plans that are compiled from now on say how long their operations take; <c>null</c> for nowhere.</summary>
    public Profile? Profile { get; set; }

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null)
    {
        CpuPlanLayout layout = new(graph, PrecisionOf(options), ThreadCount);
        long weights = layout.Products.Distinct().Sum(key => key.Form.Bytes);
        return new PlanNeed(layout.ArenaBytes + (CpuPlan.ScratchBytesPerThread(layout) * ThreadCount), weights) { StateBytes = layout.States.Sum(state => state.Bytes) };
    }

    /// <inheritdoc/>
    IPlan IBackend.Compile(Graph graph, PlanOptions? options) => Compile(graph, options);

    /// <inheritdoc cref="IBackend.Compile"/>
    public CpuPlan Compile(Graph graph, PlanOptions? options = null) =>
        new(graph, new CpuPlanLayout(graph, PrecisionOf(options), ThreadCount), _weights, _states, _pool) { Profile = Profile };

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    private static WeightPrecision PrecisionOf(PlanOptions? options) =>
        options?.Weights is WeightPrecision.Float8 ? WeightPrecision.EightBit : (options ?? PlanOptions.Default).Weights;
}
