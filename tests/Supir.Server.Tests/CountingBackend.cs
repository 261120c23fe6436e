using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Server.Tests;

/// <summary>The processor, which counts the plans that live on it, as a GPU's memory would.</summary>
internal sealed class CountingBackend : IBackend
{
    private readonly CpuBackend _processor = new(1);
    private int _plans;

    /// <summary>Plans that live at present.</summary>
    public int Plans => Volatile.Read(ref _plans);

    /// <summary>Plans that lived when it was disposed of; <c>null</c> before.</summary>
    public int? PlansLeft { get; private set; }

    public string Description => "counting";

    public PlanNeed Measure(Graph graph, PlanOptions? options = null) => _processor.Measure(graph, options);

    public IPlan Compile(Graph graph, PlanOptions? options = null)
    {
        IPlan plan = _processor.Compile(graph, options);
        Interlocked.Increment(ref _plans);
        return new CountedPlan(this, plan);
    }

    public void Dispose()
    {
        PlansLeft ??= Plans;
        _processor.Dispose();
    }

    private sealed class CountedPlan(CountingBackend backend, IPlan plan) : IPlan
    {
        private bool _isDisposed;

        public long ArenaBytes => plan.ArenaBytes;

        public void SetInput(string name, ReadOnlySpan<float> elements) => plan.SetInput(name, elements);

        public void Run(IProgress<double>? progress = null, CancellationToken cancellationToken = default) => plan.Run(progress, cancellationToken);

        public void GetOutput(string name, Span<float> elements) => plan.GetOutput(name, elements);

        public void Dispose()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                Interlocked.Decrement(ref backend._plans);
                plan.Dispose();
            }
        }
    }
}
