using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>The format and the size that weights will have when they are packed.</summary>
/// <param name="Type">The format of the elements.</param>
/// <param name="Panels">Panels of 32 output channels.</param>
/// <param name="Depth">Taps · input channels.</param>
/// <param name="IsQuantized">Whether packing rounds the elements to 8 or 4 bits; otherwise they keep their stored value.</param>
/// <param name="IsFourBit">Whether it rounds them to 4 bits, as <see cref="FourBitPanel"/> has it; the type then says nothing.</param>
internal readonly record struct PackedForm(DType Type, int Panels, int Depth, bool IsQuantized, bool IsFourBit = false)
{
    private const int Columns = ProductWeights.PanelColumns;

    /// <summary>Smaller weights are not worth rounding. Entrances and exits of the networks, whose rounding all else sees, are among them.</summary>
    private const long LeastElementsToQuantize = 1 << 20;

    /// <summary>Bytes of the elements of one panel.</summary>
    public long PanelBytes => IsFourBit ? FourBitPanel.BytesFor(Depth) : (long)Depth * Columns * Type.SizeInBytes;

    /// <summary>Bytes in memory, with bias and scale of every column.</summary>
    public long Bytes => (Panels * PanelBytes) + (2L * Panels * Columns * sizeof(float));

    /// <summary>The form of stacked weights.</summary>
    public static PackedForm Of(LinearWeights weights, ColumnOrder order, WeightPrecision precision)
    {
        int panels = order == ColumnOrder.Gated ? Divide(weights.OutChannels / 2, Columns / 2) : Divide(weights.OutChannels, Columns);
        int depth = weights.KernelHeight * weights.KernelWidth * weights.InChannels;
        bool isLarge = weights.Precision is not null || (long)weights.OutChannels * depth >= LeastElementsToQuantize;
        bool isFourBit = precision == WeightPrecision.FourBit && isLarge;
        bool isEightBit = precision == WeightPrecision.EightBit && isLarge
            && weights.Weights.All(weight => weight.Type is DType.Float16 or DType.BFloat16 or DType.Float32 or DType.Int4);
        return new PackedForm(isEightBit || isFourBit ? DType.Int8 : StoredType(weights), panels, depth, isEightBit || isFourBit, isFourBit);
    }

    private static int Divide(int count, int size) => (count + size - 1) / size;

    /// <summary>The format of all weights where they agree and a panel can be widened from it; otherwise single precision.</summary>
    private static DType StoredType(LinearWeights weights)
    {
        DType first = weights.Weights[0].Type;
        bool scaledByDepth = first == DType.Int8 && weights.IsTransposed;
        return weights.Weights.All(weight => weight.Type == first) && first is not (DType.Float8E4M3 or DType.Int4) && !scaledByDepth ? first : DType.Float32;
    }
}
