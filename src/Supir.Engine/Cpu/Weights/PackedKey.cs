using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>What tells packed weights apart.</summary>
/// <param name="Weights">The stacked weights.</param>
/// <param name="Order">The order of their columns.</param>
/// <param name="Precision">How they are kept.</param>
internal readonly record struct PackedKey(LinearWeights Weights, ColumnOrder Order, WeightPrecision Precision);
