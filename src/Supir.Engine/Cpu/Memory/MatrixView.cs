namespace Supir.Engine.Cpu.Memory;

/// <summary>Rows of numbers in memory; a row of a view into a wider matrix is followed by channels of others.</summary>
/// <param name="Data">The first row.</param>
/// <param name="RowStride">Elements from a row to the next.</param>
/// <param name="Channels">Elements of a row.</param>
internal readonly unsafe record struct MatrixView(nint Data, int RowStride, int Channels)
{
    /// <summary>A row.</summary>
    public float* Row(long row) => (float*)Data + (row * RowStride);

    /// <summary>Writes whole rows, one after the other.</summary>
    public void CopyFrom(ReadOnlySpan<float> elements)
    {
        int rowsAtOnce = RowsAtOnce(elements.Length);
        for (int row = 0; !elements.IsEmpty; row += rowsAtOnce)
        {
            elements[..(rowsAtOnce * Channels)].CopyTo(new Span<float>(Row(row), rowsAtOnce * Channels));
            elements = elements[(rowsAtOnce * Channels)..];
        }
    }

    /// <summary>Reads whole rows, one after the other.</summary>
    public void CopyTo(Span<float> elements)
    {
        int rowsAtOnce = RowsAtOnce(elements.Length);
        for (int row = 0; !elements.IsEmpty; row += rowsAtOnce)
        {
            new ReadOnlySpan<float>(Row(row), rowsAtOnce * Channels).CopyTo(elements);
            elements = elements[(rowsAtOnce * Channels)..];
        }
    }

    /// <summary>All rows where nothing stands between them: a picture has hundreds of thousands, of three numbers.</summary>
    private int RowsAtOnce(int elements) => RowStride == Channels ? elements / Channels : 1;
}
