using System.Collections.Concurrent;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Testing;

/// <summary>Runs a graph operation by operation in plain scalar code, straight from the formulas at the methods of <see cref="Graph"/>.</summary>
/// <remarks>The oracle that every fast backend and kernel is held to: sums in double precision, values stored in single. It fuses
/// nothing, shares no memory between values and computes everything in every run, so the once-per-run values as well.</remarks>
public sealed class ReferenceBackend : IBackend
{
    private readonly ConcurrentDictionary<Weight, float[]> _floats = new();
    private readonly ConcurrentDictionary<LinearWeights, ReferenceMatrix> _matrices = new();
    private readonly ConcurrentDictionary<State, float[]> _states = new();

    /// <inheritdoc/>
    public string Description => "scalar reference";

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null)
    {
        using ReferencePlan plan = new(this, graph);
        return new PlanNeed(plan.ArenaBytes, 0);
    }

    /// <inheritdoc/>
    public IPlan Compile(Graph graph, PlanOptions? options = null) => new ReferencePlan(this, graph);

    /// <inheritdoc/>
    public void Dispose()
    {
        _floats.Clear();
        _matrices.Clear();
        _states.Clear();
    }

    internal float[] Floats(Weight weight) => _floats.GetOrAdd(weight, static w => w.ToFloats());

    internal float[] Rows(State state) => _states.GetOrAdd(state, static s => new float[s.Positions * s.Channels]);

    internal ReferenceMatrix Matrix(LinearWeights weights) => _matrices.GetOrAdd(weights, static w => new ReferenceMatrix(w));
}
