using Supir.Engine.Graphs;

namespace Supir.Engine;

/// <summary>Something that runs graphs: the CPU, or a GPU.</summary>
public interface IBackend : IDisposable
{
    /// <summary>What the backend runs on, for a person.</summary>
    string Description { get; }

    /// <summary>The device's own memory; <c>null</c> where plans live in the machine's.</summary>
    DeviceRoom? Room => null;

    /// <summary>The memory that <see cref="Compile"/> will take for a graph; <c>null</c> stands for <see cref="PlanOptions.Default"/>.</summary>
    PlanNeed Measure(Graph graph, PlanOptions? options = null);

    /// <summary>Compiles a graph: packs its weights (shared by all plans of this backend) and lays out its memory.</summary>
    IPlan Compile(Graph graph, PlanOptions? options = null);
}
