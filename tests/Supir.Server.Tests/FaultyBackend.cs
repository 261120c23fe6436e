using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Server.Tests;

/// <summary>A device that breaks down when it is told to; what lay on it then is lost for good.</summary>
internal sealed class FaultyBackend(IBackend inner) : IBackend
{
    /// <summary>What it says of itself.</summary>
    public const string Name = "GPU 7, a test's";

    private int _breakdowns;

    /// <summary>Whether it is broken.</summary>
    public bool IsBroken
    {
        get;
        set
        {
            field = value;
            _breakdowns += value ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public string Description => Name;

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null) => inner.Measure(graph, options);

    /// <inheritdoc/>
    public IPlan Compile(Graph graph, PlanOptions? options = null)
    {
        Check(_breakdowns);
        return new FaultyPlan(this, inner.Compile(graph, options));
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private void Check(int breakdowns)
    {
        if (IsBroken || breakdowns != _breakdowns)
        {
            throw new DeviceException("cuLaunchKernel returned IllegalAddress (700).");
        }
    }

    private sealed class FaultyPlan(FaultyBackend backend, IPlan plan) : IPlan
    {
        private readonly int _breakdowns = backend._breakdowns;

        public long ArenaBytes => plan.ArenaBytes;

        public void SetInput(string name, ReadOnlySpan<float> elements)
        {
            backend.Check(_breakdowns);
            plan.SetInput(name, elements);
        }

        public void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
        {
            backend.Check(_breakdowns);
            plan.Run(progress, cancellationToken);
        }

        public void GetOutput(string name, Span<float> elements)
        {
            backend.Check(_breakdowns);
            plan.GetOutput(name, elements);
        }

        public void Dispose()
        {
            plan.Dispose();
            backend.Check(_breakdowns);
        }
    }
}
