namespace Supir.Engine.Plans;

/// <summary>Places requests in one block of memory so that no two that are needed at the same time share a byte.</summary>
/// <remarks>Largest first, each at the lowest place that is free during its whole life: within a few per cent of the least
/// possible for networks (Pisarchyk and Lee 2020, arXiv:2001.03288, "greedy by size").</remarks>
internal sealed class ArenaLayout
{
    private const long Alignment = 64;

    /// <summary>Lays out all requests.</summary>
    public ArenaLayout(IReadOnlyList<MemoryRequest> requests)
    {
        long[] offsets = new long[requests.Count];
        int[] order = [.. Enumerable.Range(0, requests.Count).OrderByDescending(i => requests[i].Bytes).ThenBy(i => i)];
        List<int> placed = []; // sorted by offset
        foreach (int index in order)
        {
            MemoryRequest request = requests[index];
            long size = (request.Bytes + Alignment - 1) & ~(Alignment - 1);
            long offset = 0;
            foreach (int other in placed)
            {
                if (!requests[other].Overlaps(request))
                {
                    continue;
                }

                if (offset + size <= offsets[other])
                {
                    break;
                }

                offset = Math.Max(offset, (offsets[other] + requests[other].Bytes + Alignment - 1) & ~(Alignment - 1));
            }

            offsets[index] = offset;
            int position = placed.FindIndex(other => offsets[other] > offset);
            placed.Insert(position < 0 ? placed.Count : position, index);
            Bytes = Math.Max(Bytes, offset + size);
        }

        Offsets = offsets;
    }

    /// <summary>Where each request begins, in bytes.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>Bytes of the block.</summary>
    public long Bytes { get; }
}
