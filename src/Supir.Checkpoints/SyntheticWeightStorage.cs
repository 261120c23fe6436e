using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>Halves that follow from their weight's name and shape.</summary>
internal sealed class SyntheticWeightStorage : ComputedWeightStorage
{
    private readonly string _name;
    private readonly Shape _shape;

    public SyntheticWeightStorage(string name, Shape shape)
        : base(name, shape.ElementCount * DType.Float16.SizeInBytes)
    {
        _name = name;
        _shape = shape;
    }

    /// <inheritdoc/>
    protected override void Compute(nint destination) => SyntheticTensor.FillHalves(_name, _shape, destination);
}
