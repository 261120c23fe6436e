using System.Runtime.InteropServices;

namespace Supir.Checkpoints.Pickles;

/// <summary>A weight whose elements do not lie row-major in the file: gathered in memory at the first pin, freed at the last unpin.</summary>
internal sealed class StridedWeightStorage : ComputedWeightStorage
{
    private readonly FileMapping _mapping;
    private readonly long _offset;
    private readonly WeightInfo _info;
    private readonly long[] _strides;

    /// <summary>The elements that begin at <paramref name="offset"/>, all of which must lie inside the file.</summary>
    public StridedWeightStorage(FileMapping mapping, long offset, WeightInfo info, long[] strides)
        : base(info.Name, info.ByteCount)
    {
        _mapping = mapping;
        _offset = offset;
        _info = info;
        _strides = strides;
    }

    /// <inheritdoc/>
    protected override unsafe void Compute(nint destination)
    {
        byte* source = (byte*)_mapping.Acquire() + _offset;
        try
        {
            switch (_info.ByteCount / Math.Max(1, _info.ElementCount))
            {
                case 4:
                    Gather(source, (uint*)destination);
                    break;
                case 2:
                    Gather(source, (ushort*)destination);
                    break;
                default:
                    Gather(source, (byte*)destination);
                    break;
            }
        }
        finally
        {
            _mapping.Release();
        }
    }

    private unsafe void Gather<T>(byte* source, T* destination)
        where T : unmanaged
    {
        int rank = _strides.Length;
        long[] index = new long[rank];
        long from = 0;
        for (long i = 0; i < _info.ElementCount; i++)
        {
            // The file asks for no alignment.
            destination[i] = MemoryMarshal.Read<T>(new ReadOnlySpan<byte>(source + (from * sizeof(T)), sizeof(T)));
            int axis = rank - 1;
            while (axis >= 0)
            {
                from += _strides[axis];
                index[axis]++;
                if (index[axis] < _info.Lengths[axis])
                {
                    break;
                }

                from -= index[axis] * _strides[axis];
                index[axis] = 0;
                axis--;
            }
        }
    }
}
