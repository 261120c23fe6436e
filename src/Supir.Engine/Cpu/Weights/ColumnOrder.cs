namespace Supir.Engine.Cpu.Weights;

/// <summary>Which output channel stands in which column of the panels.</summary>
internal enum ColumnOrder
{
    /// <summary>Panel p has the channels 32 p … 32 p + 31.</summary>
    Natural,

    /// <summary>Panel p has 16 channels of the first half, then the same 16 of the second: a gate meets its value in one tile.</summary>
    Gated,
}
