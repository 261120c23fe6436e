using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Packed weights, shared by all plans that use them and freed with the last of these.</summary>
internal sealed class CpuWeightStore(WorkerPool pool)
{
    private readonly Dictionary<(LinearWeights, ColumnOrder), Entry> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes of all packed weights.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(entry => entry.Matrix.Bytes);
            }
        }
    }

    /// <summary>The packed form of weights; every call is to be answered by one <see cref="Release"/>.</summary>
    public PackedMatrix Acquire(LinearWeights weights, ColumnOrder order)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((weights, order), out Entry? entry))
            {
                entry = new Entry(MatrixPacker.Pack(weights, order, pool));
                _entries.Add((weights, order), entry);
            }

            entry.Users++;
            return entry.Matrix;
        }
    }

    /// <summary>Gives one use back.</summary>
    public void Release(LinearWeights weights, ColumnOrder order)
    {
        lock (_lock)
        {
            Entry entry = _entries[(weights, order)];
            if (--entry.Users == 0)
            {
                _entries.Remove((weights, order));
                entry.Matrix.Dispose();
            }
        }
    }

    private sealed class Entry(PackedMatrix matrix)
    {
        public PackedMatrix Matrix { get; } = matrix;

        public int Users { get; set; }
    }
}
