namespace Supir.Engine.Cpu.Memory;

/// <summary>Rows of numbers in memory; a row of a view into a wider matrix is followed by channels of others.</summary>
/// <param name="Data">The first row.</param>
/// <param name="RowStride">Elements from a row to the next.</param>
/// <param name="Channels">Elements of a row.</param>
internal readonly unsafe record struct MatrixView(nint Data, int RowStride, int Channels)
{
    /// <summary>A row.</summary>
    public float* Row(long row) => (float*)Data + (row * RowStride);
}
