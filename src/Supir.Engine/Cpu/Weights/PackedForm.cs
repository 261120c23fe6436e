using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Weights;

/// <summary>The format and the size that weights will have when they are packed.</summary>
/// <param name="Type">The format of the elements.</param>
/// <param name="Panels">Panels of 32 output channels.</param>
/// <param name="Depth">Taps · input channels.</param>
/// <param name="IsQuantized">Whether packing rounds the elements to 8 bits; otherwise they keep their stored value.</param>
internal readonly record struct PackedForm(DType Type, int Panels, int Depth, bool IsQuantized)
{
    private const int Columns = PackedMatrix.PanelColumns;

    /// <summary>Smaller weights are not worth rounding: the first and last layers, which are sensitive, are among them.</summary>
    private const long LeastElementsToQuantize = 1 << 16;

    /// <summary>A layer that reads so few channels is an entrance (latent, picture, hint), and every rounding there is seen by all that follow.</summary>
    private const int LeastChannelsToQuantize = 32;

    /// <summary>Bytes in memory, with bias and scale of every column.</summary>
    public long Bytes => ((long)Panels * Depth * Columns * Type.SizeInBytes) + (2L * Panels * Columns * sizeof(float));

    /// <summary>The form of stacked weights.</summary>
    public static PackedForm Of(LinearWeights weights, ColumnOrder order, WeightPrecision precision)
    {
        int panels = order == ColumnOrder.Gated ? Divide(weights.OutChannels / 2, Columns / 2) : Divide(weights.OutChannels, Columns);
        int depth = weights.KernelHeight * weights.KernelWidth * weights.InChannels;
        bool isQuantized = precision == WeightPrecision.EightBit
            && weights.Weights.All(weight => weight.Type is DType.Float16 or DType.BFloat16 or DType.Float32)
            && weights.InChannels >= LeastChannelsToQuantize
            && (long)weights.OutChannels * depth >= LeastElementsToQuantize;
        return new PackedForm(isQuantized ? DType.Int8 : StoredType(weights), panels, depth, isQuantized);
    }

    private static int Divide(int count, int size) => (count + size - 1) / size;

    /// <summary>The format of all weights where they agree and a panel can be widened from it; otherwise single precision.</summary>
    private static DType StoredType(LinearWeights weights)
    {
        DType first = weights.Weights[0].Type;
        bool scaledByDepth = first == DType.Int8 && weights.IsTransposed;
        return weights.Weights.All(weight => weight.Type == first) && first != DType.Float8E4M3 && !scaledByDepth ? first : DType.Float32;
    }
}
