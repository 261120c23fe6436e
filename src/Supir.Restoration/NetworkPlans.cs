using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Restoration;

/// <summary>The compiled networks of a restorer.</summary>
/// <remarks>As a rule a network is compiled when its stage begins and freed when it ends, so that a device holds one at a time. Where
/// memory allows, all are kept for the next picture: of each network and device the one of the last picture's size.</remarks>
internal sealed class NetworkPlans : IDisposable
{
    private readonly Dictionary<(IBackend Backend, string Network), Kept> _kept = [];
    private readonly Lock _lock = new();

    /// <summary>Whether plans are kept from now on.</summary>
    public bool Keeps { get; set; }

    /// <summary>Whether none is kept.</summary>
    public bool IsEmpty => _kept.Count == 0;

    /// <summary>Bytes of values of all kept plans.</summary>
    public long KeptArenaBytes => _kept.Values.Sum(kept => kept.Plan.ArenaBytes);

    /// <summary>A plan for a network; the lease is to be disposed of when its stage ends.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="graph">Its description, which follows from the shapes of its inputs.</param>
    /// <param name="options">How it is compiled.</param>
    public Lease Open(IBackend backend, string network, Graph graph, PlanOptions options)
    {
        if (!Keeps)
        {
            return new Lease(backend.Compile(graph, options), isKept: false);
        }

        string key = KeyOf(graph, options);
        Kept? old;
        lock (_lock)
        {
            old = _kept.GetValueOrDefault((backend, network));
        }

        if (old?.Key == key)
        {
            return new Lease(old.Plan, isKept: true);
        }

        // The new plan first: so the weights stay.
        IPlan plan = backend.Compile(graph, options);
        lock (_lock)
        {
            _kept[(backend, network)] = new Kept(key, plan);
        }

        old?.Plan.Dispose();
        return new Lease(plan, isKept: true);
    }

    /// <summary>Frees what was kept.</summary>
    public void Clear()
    {
        foreach (Kept kept in _kept.Values)
        {
            kept.Plan.Dispose();
        }

        _kept.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static string KeyOf(Graph graph, PlanOptions options) =>
        $"{options} {string.Join(' ', graph.Inputs.Select(input => $"{input.Key}{input.Value.Shape}"))}";

    private sealed record Kept(string Key, IPlan Plan);

    /// <summary>A plan for the time of a stage.</summary>
    public sealed class Lease(IPlan plan, bool isKept) : IDisposable
    {
        /// <summary>The plan.</summary>
        public IPlan Plan { get; } = plan;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!isKept)
            {
                Plan.Dispose();
            }
        }
    }
}
