namespace Supir.Engine.Cpu.Weights;

/// <summary>Packed weights, shared by all plans that use them and freed with the last of these.</summary>
internal sealed class CpuWeightStore(WorkerPool pool)
{
    private readonly Dictionary<PackedKey, Entry> _entries = [];
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
    public ProductWeights Acquire(PackedKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                entry = new Entry(Make(key));
                _entries.Add(key, entry);
            }

            entry.Users++;
            return entry.Matrix;
        }
    }

    /// <summary>Gives one use back.</summary>
    public void Release(PackedKey key)
    {
        lock (_lock)
        {
            Entry entry = _entries[key];
            if (--entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Matrix.Dispose();
            }
        }
    }

    private ProductWeights Make(PackedKey key) => StoredMatrix.Fits(key)
        ? new StoredMatrix(key.Weights, key.Order, pool)
        : MatrixPacker.Pack(key.Weights, key.Order, key.Precision, pool);

    private sealed class Entry(ProductWeights matrix)
    {
        public ProductWeights Matrix { get; } = matrix;

        public int Users { get; set; }
    }
}
