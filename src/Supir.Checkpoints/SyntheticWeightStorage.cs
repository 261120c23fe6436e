using System.Runtime.InteropServices;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Halves that exist only while somebody reads them: computed at the first pin, freed at the last unpin.</summary>
internal sealed unsafe class SyntheticWeightStorage : WeightStorage
{
    private const nuint Alignment = 64;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly Shape _shape;
    private void* _elements;
    private int _pins;

    public SyntheticWeightStorage(string name, Shape shape)
    {
        _name = name;
        _shape = shape;
    }

    public override nint Pin()
    {
        lock (_lock)
        {
            if (_pins == 0)
            {
                _elements = NativeMemory.AlignedAlloc((nuint)Math.Max(1, _shape.ElementCount * sizeof(Half)), Alignment);
                SyntheticTensor.FillHalves(_name, _shape, (nint)_elements);
            }

            _pins++;
            return (nint)_elements;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was not pinned.</exception>
    public override void Unpin()
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
}
