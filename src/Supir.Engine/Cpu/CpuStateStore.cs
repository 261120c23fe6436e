using Supir.Engine.Cpu.Memory;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu;

/// <summary>The memory of states, shared by all plans that name them and freed with the last of these.</summary>
internal sealed class CpuStateStore
{
    private readonly Dictionary<State, (AlignedMemory Memory, int Users)> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes of all states.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(entry => entry.Memory.Bytes);
            }
        }
    }

    /// <summary>The memory of a state, zeros at first; every call is to be answered by one <see cref="Release"/>.</summary>
    public unsafe AlignedMemory Acquire(State state)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(state, out (AlignedMemory Memory, int Users) entry))
            {
                entry.Memory = new AlignedMemory(state.Bytes);
                System.Runtime.InteropServices.NativeMemory.Clear(entry.Memory.Pointer, (nuint)entry.Memory.Bytes);
            }

            _entries[state] = (entry.Memory, entry.Users + 1);
            return entry.Memory;
        }
    }

    /// <summary>Gives one use back.</summary>
    public void Release(State state)
    {
        lock (_lock)
        {
            (AlignedMemory memory, int users) = _entries[state];
            if (users > 1)
            {
                _entries[state] = (memory, users - 1);
                return;
            }

            _entries.Remove(state);
            memory.Dispose();
        }
    }
}
