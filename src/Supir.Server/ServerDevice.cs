using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Server;

/// <summary>What jobs may be computed by: the processor, a GPU, or several GPUs that share every picture.</summary>
/// <param name="Id">Its name on the command line.</param>
/// <param name="Name">What it is, for a person.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Open">Opens it, once, when it is needed first; on the thread that restores, so that its threads take that one's priority.</param>
public sealed record ServerDevice(string Id, string Name, ComputeDevice Kind, Func<IReadOnlyList<IBackend>> Open)
{
    /// <summary>The most memory, in bytes, that a restoration may take of it; <c>null</c> for what there is when it begins.</summary>
    public long? MemoryLimit { get; init; }
}
