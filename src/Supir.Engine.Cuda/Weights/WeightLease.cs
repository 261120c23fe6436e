namespace Supir.Engine.Cuda.Weights;

/// <summary>The weights of one plan, and where they lie; given back when the plan goes.</summary>
internal sealed class WeightLease(CudaWeightStore store) : IDisposable
{
    private readonly Dictionary<WeightKey, nint> _resident = [];
    private readonly Dictionary<WeightKey, nint> _streamed = [];

    /// <summary>A weight's address on the GPU.</summary>
    public nint AddressOf(WeightKey key) => _resident[key];

    /// <summary>A streamed weight's address in pinned memory.</summary>
    public nint HostAddressOf(WeightKey key) => _streamed[key];

    /// <summary>Takes a weight if it is there.</summary>
    public bool TryTake(Dictionary<WeightKey, CudaWeightStore.Entry> entries, WeightKey key, bool isStreamed)
    {
        if (!entries.TryGetValue(key, out CudaWeightStore.Entry? entry))
        {
            return false;
        }

        entry.Users++;
        (isStreamed ? _streamed : _resident).Add(key, entry.Address);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightKey key in _resident.Keys)
        {
            store.Release(key, isStreamed: false);
        }

        foreach (WeightKey key in _streamed.Keys)
        {
            store.Release(key, isStreamed: true);
        }

        _resident.Clear();
        _streamed.Clear();
    }
}
