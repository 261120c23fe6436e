using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Where an output channel begins in the checkpoint.</summary>
/// <param name="Start">The address of its first element; 0 for a column of zeros.</param>
/// <param name="Index">Which of the stacked weights; −1 for a column of zeros.</param>
/// <param name="Row">Its row in that weight.</param>
internal readonly record struct SourceColumn(nint Start, int Index, int Row)
{
    private const int Columns = ProductWeights.PanelColumns;
    private const int GatedColumns = Columns / 2;

    /// <summary>The output channel of a column, or −1 where the last panel has none.</summary>
    public static int ChannelAt(ColumnOrder order, int panel, int column, int channels)
    {
        if (order == ColumnOrder.Natural)
        {
            int natural = (panel * Columns) + column;
            return natural < channels ? natural : -1;
        }

        int half = channels / 2;
        int position = (panel * GatedColumns) + (column % GatedColumns);
        return position >= half ? -1 : column < GatedColumns ? position : half + position;
    }

    /// <summary>Where an output channel begins; a column of zeros where there is none.</summary>
    public static SourceColumn Find(LinearWeights weights, nint[] addresses, int channel)
    {
        if (channel < 0)
        {
            return new SourceColumn(0, -1, 0);
        }

        int index = 0;
        int row = channel;
        int axis = weights.IsTransposed ? 1 : 0;
        while (row >= weights.Weights[index].Shape[axis])
        {
            row -= weights.Weights[index].Shape[axis];
            index++;
        }

        Weight weight = weights.Weights[index];
        long first = weights.IsTransposed ? row : row * (weight.Shape.ElementCount / weight.Shape[0]);
        return new SourceColumn(addresses[index] + (nint)weight.Type.BytesOf(first), index, row);
    }
}
