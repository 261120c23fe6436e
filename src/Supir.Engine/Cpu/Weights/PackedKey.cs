using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>What tells packed weights apart.</summary>
/// <param name="Weights">The stacked weights.</param>
/// <param name="Order">The order of their columns.</param>
/// <param name="Precision">How they are kept.</param>
/// <remarks>A class, since collections of one are in the framework's ready-made code, where those of our own structures are compiled at every start.</remarks>
internal sealed record PackedKey(LinearWeights Weights, ColumnOrder Order, WeightPrecision Precision)
{
    /// <summary>The form that they have when they are packed.</summary>
    public PackedForm Form => PackedForm.Of(Weights, Order, Precision);
}
