using Supir.Engine.Plans;

namespace Supir.Engine.Cuda.Planning;

/// <summary>Places requests in one block of memory where some steps run aside while others run.</summary>
/// <remarks>What only the steps aside use gets a block of its own within the block, which lasts until both parts are over; everything
/// else is as if the steps ran one after the other.</remarks>
internal sealed class BranchedArena
{
    /// <summary>Lays out all requests.</summary>
    /// <param name="requests">Memory and its life in steps.</param>
    /// <param name="begin">The first step that runs aside.</param>
    /// <param name="first">The first step that runs meanwhile.</param>
    /// <param name="end">The first step that needs both.</param>
    public BranchedArena(IReadOnlyList<MemoryRequest> requests, int begin, int first, int end)
    {
        int[] aside = [.. Enumerable.Range(0, requests.Count).Where(i => requests[i].FirstStep >= begin && requests[i].LastStep < first)];
        ArenaLayout inner = new([.. aside.Select(i => requests[i])]);
        HashSet<int> isAside = [.. aside];
        int[] others = [.. Enumerable.Range(0, requests.Count).Where(i => !isAside.Contains(i))];
        ArenaLayout outer = new([.. others.Select(i => requests[i]), new MemoryRequest(inner.Bytes, begin, end - 1)]);
        long[] offsets = new long[requests.Count];
        for (int i = 0; i < others.Length; i++)
        {
            offsets[others[i]] = outer.Offsets[i];
        }

        for (int i = 0; i < aside.Length; i++)
        {
            offsets[aside[i]] = outer.Offsets[others.Length] + inner.Offsets[i];
        }

        Offsets = offsets;
        Bytes = outer.Bytes;
    }

    /// <summary>Where each request begins, in bytes.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Bytes of the block.</summary>
    public long Bytes { get; }
}
