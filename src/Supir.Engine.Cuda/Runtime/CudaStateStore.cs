using Supir.Engine.Cuda.Interop;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>The memory of states, shared by all plans that name them and freed with the last of these. In the format of the plan's values.</summary>
internal sealed class CudaStateStore(CudaDevice device)
{
    private readonly Dictionary<(State State, DType Type), Entry> _entries = [];

    /// <summary>Bytes of all states.</summary>
    public long Bytes => _entries.Values.Sum(entry => entry.Memory.Bytes);

    /// <summary>Bytes of a state in a format.</summary>
    public static long BytesOf(State state, DType type) => (long)state.Positions * state.Channels * type.SizeInBytes;

    /// <summary>Takes states, zeros at first.</summary>
    /// <exception cref="DeviceException">The memory is too small.</exception>
    public Lease Acquire(IEnumerable<State> states, DType type)
    {
        Lease lease = new(this, type);
        try
        {
            foreach (State state in states)
            {
                if (!_entries.TryGetValue((state, type), out Entry? entry))
                {
                    entry = new Entry(new DeviceMemory(device, BytesOf(state, type), "the tokens so far"));
                    _entries.Add((state, type), entry);
                    CudaDriver.cuMemsetD8Async(entry.Memory.Pointer, 0, (nuint)entry.Memory.Bytes, device.Stream).ThrowOnError();
                }

                entry.Users++;
                lease.Addresses.Add(state, entry.Memory.Pointer);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return lease;
    }

    private void Release(State state, DType type)
    {
        Entry entry = _entries[(state, type)];
        if (--entry.Users == 0)
        {
            _entries.Remove((state, type));
            entry.Memory.Dispose();
        }
    }

    /// <summary>The states of one plan; given back when the plan goes.</summary>
    internal sealed class Lease(CudaStateStore store, DType type) : IDisposable
    {
        /// <summary>Where each lies.</summary>
        public Dictionary<State, nint> Addresses { get; } = [];

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (State state in Addresses.Keys)
            {
                store.Release(state, type);
            }

            Addresses.Clear();
        }
    }

    private sealed class Entry(DeviceMemory memory)
    {
        public DeviceMemory Memory { get; } = memory;

        public int Users { get; set; }
    }
}
