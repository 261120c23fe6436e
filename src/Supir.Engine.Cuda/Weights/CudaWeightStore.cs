using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Weights;

/// <summary>Weights on the GPU, or in pinned memory from where they are streamed: shared by all plans that use them and freed with
/// the last of these.</summary>
/// <remarks>What a plan brings in lies in one block: blocks of their own, which the driver rounds up to 2 MB, cost a tenth more.</remarks>
internal sealed class CudaWeightStore(CudaDevice device, WeightUploader uploader)
{
    private readonly Dictionary<WeightKey, Entry> _resident = [];
    private readonly Dictionary<WeightKey, Entry> _streamed = [];

    /// <summary>Bytes on the GPU.</summary>
    public long Bytes => _resident.Values.Sum(entry => entry.Bytes);

    /// <summary>Bytes in pinned memory.</summary>
    public long StreamedBytes => _streamed.Values.Sum(entry => entry.Bytes);

    /// <summary>Takes weights, and brings in those that are not there yet.</summary>
    /// <exception cref="DeviceException">The memory is too small.</exception>
    /// <exception cref="InvalidDataException">A weight is not finite in its format on the GPU.</exception>
    public WeightLease Acquire(IEnumerable<WeightKey> resident, IEnumerable<WeightKey> streamed)
    {
        WeightLease lease = new(this);
        WeightKey[] newResident = [.. resident.Distinct().Where(key => !lease.TryTake(_resident, key, isStreamed: false))];
        WeightKey[] newStreamed = [.. streamed.Distinct().Where(key => !lease.TryTake(_streamed, key, isStreamed: true))];
        try
        {
            if (newResident.Length > 0)
            {
                DeviceMemory memory = new(device, newResident.Sum(key => key.Bytes), "weights");
                Add(_resident, newResident, memory, memory.Pointer, lease, isStreamed: false);
                CudaDriver.cuMemsetD8Async(memory.Pointer, 0, (nuint)memory.Bytes, device.Stream).ThrowOnError();
            }

            if (newStreamed.Length > 0)
            {
                PinnedMemory memory = new(device, newStreamed.Sum(key => key.Bytes));
                Add(_streamed, newStreamed, memory, memory.Address, lease, isStreamed: true);
            }

            uploader.Upload(
                [.. newResident.Select(key => (key, _resident[key].Address))],
                [.. newStreamed.Select(key => (key, _streamed[key].Address))]);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return lease;
    }

    /// <summary>Gives one use back.</summary>
    public void Release(WeightKey key, bool isStreamed)
    {
        Dictionary<WeightKey, Entry> entries = isStreamed ? _streamed : _resident;
        Entry entry = entries[key];
        if (--entry.Users == 0)
        {
            entries.Remove(key);
            entry.Block.Release();
        }
    }

    private static void Add(Dictionary<WeightKey, Entry> entries, WeightKey[] keys, IDisposable memory, nint address, WeightLease lease, bool isStreamed)
    {
        Block block = new(memory, keys.Length);
        foreach (WeightKey key in keys)
        {
            entries.Add(key, new Entry(block, address, key.Bytes));
            lease.TryTake(entries, key, isStreamed);
            address += (nint)key.Bytes;
        }
    }

    /// <summary>A weight, and how many leases hold it.</summary>
    internal sealed class Entry(Block block, nint address, long bytes)
    {
        public Block Block { get; } = block;

        public nint Address { get; } = address;

        public long Bytes { get; } = bytes;

        public int Users { get; set; }
    }

    /// <summary>Memory that goes with the last weight in it.</summary>
    internal sealed class Block(IDisposable memory, int weights)
    {
        private int _left = weights;

        public void Release()
        {
            if (--_left == 0)
            {
                memory.Dispose();
            }
        }
    }
}
