using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Server.Tests;

/// <summary>A device that breaks down when it is told to.</summary>
internal sealed class FaultyBackend(IBackend inner) : IBackend
{
    /// <summary>What it says of itself.</summary>
    public const string Name = "GPU 7, a test's";

    /// <summary>Whether it is broken.</summary>
    public bool IsBroken { get; set; }

    /// <inheritdoc/>
    public string Description => Name;

    /// <inheritdoc/>
    public PlanNeed Measure(Graph graph, PlanOptions? options = null) => inner.Measure(graph, options);

    /// <inheritdoc/>
    public IPlan Compile(Graph graph, PlanOptions? options = null) =>
        IsBroken ? throw new DeviceException("cuLaunchKernel returned IllegalAddress (700).") : inner.Compile(graph, options);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
