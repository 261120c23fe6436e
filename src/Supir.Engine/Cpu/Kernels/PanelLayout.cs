namespace Supir.Engine.Cpu.Kernels;

/// <summary>How a panel of 32 columns lies in memory for the micro-kernel.</summary>
/// <param name="Stride">Elements from a row to the next.</param>
/// <param name="Halves">Elements from the first sixteen columns to the others.</param>
internal readonly record struct PanelLayout(nint Stride, nint Halves)
{
    private const int Half = TileKernel.Columns / 2;

    /// <summary>Rows of all 32 columns, one behind the other.</summary>
    public static PanelLayout Whole { get; } = new(TileKernel.Columns, Half);

    /// <summary>What the chosen instruction set reads fastest, for panels of so many rows.</summary>
    /// <remarks>With 256-bit vectors a tile has half of a panel's columns: side by side, its rows of B would be every second line of the cache,
    /// which costs a fifth of the speed, so one half lies behind the other.</remarks>
    public static PanelLayout Fastest(int depth) => InstructionSets.Best == InstructionSet.Avx2 ? new PanelLayout(Half, (nint)depth * Half) : Whole;
}
