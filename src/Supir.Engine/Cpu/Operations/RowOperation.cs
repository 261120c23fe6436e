namespace Supir.Engine.Cpu.Operations;

/// <summary>Element-wise work, cut into runs of rows.</summary>
internal abstract unsafe class RowOperation(string name, int rows, int channels) : CpuOperation
{
    /// <summary>Elements of a unit: small enough to share out, large enough to be worth it.</summary>
    private const int ElementsPerUnit = 1 << 13;

    private const int MaxUnits = 64;

    /// <inheritdoc/>
    public override string Name => $"{name} {rows}x{channels}";

    /// <inheritdoc/>
    public sealed override int Units { get; } = (int)Math.Clamp((long)rows * channels / ElementsPerUnit, 1, Math.Min(MaxUnits, Math.Max(1, rows)));

    /// <inheritdoc/>
    public sealed override void Run(int unit, byte* scratch)
    {
        int end = Cut(rows, unit + 1, Units);
        for (int row = Cut(rows, unit, Units); row < end; row++)
        {
            RunRow(row);
        }
    }

    /// <summary>Computes one row.</summary>
    protected abstract void RunRow(int row);
}
