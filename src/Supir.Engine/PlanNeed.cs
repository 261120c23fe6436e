namespace Supir.Engine;

/// <summary>The memory that a graph needs on a backend, known without making anything.</summary>
/// <param name="ArenaBytes">For the values of a run, and what threads need beside them.</param>
/// <param name="WeightBytes">For the packed weights, those that other plans share included.</param>
public readonly record struct PlanNeed(long ArenaBytes, long WeightBytes)
{
    /// <summary>On a GPU: bytes of the machine's own memory, for weights that do not stay on the GPU.</summary>
    public long HostBytes { get; init; }

    /// <summary>For the states that outlive a run, those that other plans share included.</summary>
    public long StateBytes { get; init; }

    /// <summary>All together, but for the machine's own memory beside a GPU.</summary>
    public long TotalBytes => ArenaBytes + WeightBytes + StateBytes;
}
