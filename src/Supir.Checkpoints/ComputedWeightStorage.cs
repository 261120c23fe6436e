using System.Runtime.InteropServices;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Elements that exist only while somebody reads them: computed at the first pin, freed at the last unpin.</summary>
internal abstract unsafe class ComputedWeightStorage : WeightStorage
{
    private const nuint Alignment = 64;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly long _byteCount;
    private void* _elements;
    private int _pins;

    /// <summary>A storage of as many bytes.</summary>
    /// <param name="name">The weight's name, for messages.</param>
    /// <param name="byteCount">Bytes of its elements.</param>
    protected ComputedWeightStorage(string name, long byteCount)
    {
        _name = name;
        _byteCount = byteCount;
    }

    /// <inheritdoc/>
    public sealed override nint Pin()
    {
        lock (_lock)
        {
            if (_pins == 0)
            {
                void* elements = NativeMemory.AlignedAlloc((nuint)Math.Max(1, _byteCount), Alignment);
                try
                {
                    Compute((nint)elements);
                }
                catch
                {
                    NativeMemory.AlignedFree(elements);
                    throw;
                }

                _elements = elements;
            }

            _pins++;
            return (nint)_elements;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was not pinned.</exception>
    public sealed override void Unpin()
    {
        lock (_lock)
        {
            if (_pins == 0)
            {
                throw new InvalidOperationException($"The weight '{_name}' is not pinned.");
            }

            _pins--;
            if (_pins == 0)
            {
                NativeMemory.AlignedFree(_elements);
                _elements = null;
            }
        }
    }

    /// <summary>Writes all elements to an address that has room for them.</summary>
    protected abstract void Compute(nint destination);
}
