using System.Runtime.CompilerServices;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Brings matrices that a checkpoint has in 4 bits into panels without touching a number.</summary>
/// <remarks>Eight inputs of an output are four bytes of the checkpoint, and as a little-endian word just what a panel has of a column for
/// eight rows. So words are only laid side by side. Rounding them anew, as what is stacked on another format is, would give the same.</remarks>
internal static unsafe class FourBitTaking
{
    private const int Columns = ProductWeights.PanelColumns;
    private const int WordsOfGroup = FourBitGroups.Bytes / sizeof(uint);

    /// <summary>Eight times the number that is 0.</summary>
    private const uint Zeros = 0x88888888;

    /// <summary>Whether all of a product's weights are stored as they are to be kept.</summary>
    public static bool Fits(LinearWeights weights, PackedForm form) =>
        form.IsFourBit && !weights.IsTransposed && weights.Weights.All(weight => weight.Type == DType.Int4);

    /// <summary>Fills all panels.</summary>
    /// <exception cref="InvalidDataException">A factor is an infinity or NaN.</exception>
    public static void Take(LinearWeights weights, nint[] addresses, PackedMatrix packed, ColumnOrder order, WorkerPool pool)
    {
        nint[] scales = [.. weights.Weights.Select(weight => weight.GroupScales!.Pin())];
        try
        {
            int groups = packed.Depth / FourBitGroups.Inputs;
            for (int i = 0; i < scales.Length; i++)
            {
                FiniteHalves.Require((ushort*)scales[i], (long)weights.Weights[i].Shape[0] * groups, weights);
            }

            new Span<float>(packed.Scales, packed.Panels * Columns).Fill(1f);
            pool.Run(packed.Panels, (panel, _) =>
            {
                for (int column = 0; column < Columns; column++)
                {
                    SourceColumn source = SourceColumn.Find(weights, addresses, SourceColumn.ChannelAt(order, panel, column, weights.OutChannels));
                    ushort* factors = source.Index < 0 ? null : (ushort*)scales[source.Index] + ((long)source.Row * groups);
                    TakeColumn((uint*)source.Start, factors, groups, packed.Panel(panel), column);
                }
            });
        }
        finally
        {
            foreach (Weight weight in weights.Weights)
            {
                weight.GroupScales!.Unpin();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeColumn(uint* words, ushort* factors, int groups, byte* panel, int column)
    {
        for (int group = 0; group < groups; group++)
        {
            ((ushort*)panel)[column] = factors == null ? (ushort)0 : factors[group];
            uint* target = (uint*)(panel + (Columns * sizeof(ushort))) + column;
            for (int word = 0; word < WordsOfGroup; word++)
            {
                target[word * Columns] = words == null ? Zeros : words[(group * WordsOfGroup) + word];
            }

            panel += FourBitPanel.GroupBytes;
        }
    }
}
