using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Where in a thread's memory a convolution in Winograd's form has what.</summary>
/// <remarks>[point][tile][channel] and [point][tile][32] are a cache line longer at each point: were points a multiple of 4 kB apart, what is
/// written to all of them at a time would compete for one set of the first-level cache.</remarks>
internal sealed class WinogradScratch
{
    private const int ElementsPerLine = AlignedMemory.Alignment / sizeof(float);

    /// <summary>Lays it out.</summary>
    public WinogradScratch(ConvolutionShape shape, WinogradCut cut)
    {
        int rows = Math.Min(cut.MostRows, cut.TileRows) * WinogradTile.ResultSide;
        SourcePoint = ((nint)cut.MostTiles * cut.Depth) + ElementsPerLine;
        SumPoint = ((nint)cut.MostTiles * TileKernel.Columns) + ElementsPerLine;
        SumPanel = SumPoint * WinogradTile.Points;
        WeightPoint = ((nint)cut.Depth * TileKernel.Columns) + ElementsPerLine;
        ResultRow = (nint)cut.MostColumns * TileKernel.Columns;

        long end = 0;
        nint Take(long elements)
        {
            nint start = (nint)end;
            end += AlignedMemory.Align(elements * sizeof(float));
            return start;
        }

        Memory = Take(WinogradTile.MemoryElements);
        Taps = Take(WinogradTile.Taps * WinogradTile.Taps * WeightPoint);
        Weights = Take(WinogradTile.PointsOfPair * WeightPoint);
        Result = Take(WinogradTile.ResultSide * ResultRow);
        Source = Take(WinogradTile.Points * SourcePoint);
        Sums = Take((cut.Chunks == 1 ? 1 : cut.PanelsAtOnce) * SumPanel);
        Band = Take(((long)shape.BandHeight(rows) * shape.BandWidth(cut.MostColumns) * cut.Depth) + ElementsPerLine);
        Bytes = end;
    }

    /// <summary>What the transforms need.</summary>
    public nint Memory { get; }

    /// <summary>A panel's weights of a chunk, in single precision: [tap][channel][32].</summary>
    public nint Taps { get; }

    /// <summary>The same, transformed, for two rows of points: [12][channel][32].</summary>
    public nint Weights { get; }

    /// <summary>Finished rows of a row of tiles: [4][column][32].</summary>
    public nint Result { get; }

    /// <summary>Transformed tiles: [point][tile][channel].</summary>
    public nint Source { get; }

    /// <summary>Sums: [panel][point][tile][32].</summary>
    public nint Sums { get; }

    /// <summary>What the tiles see of the source.</summary>
    public nint Band { get; }

    /// <summary>All of it.</summary>
    public long Bytes { get; }

    /// <summary>Elements of transformed tiles from a point to the next.</summary>
    public nint SourcePoint { get; }

    /// <summary>Elements of sums from a point to the next.</summary>
    public nint SumPoint { get; }

    /// <summary>Elements of sums from a panel to the next.</summary>
    public nint SumPanel { get; }

    /// <summary>Elements of transformed weights from a point to the next.</summary>
    public nint WeightPoint { get; }

    /// <summary>Elements of the result from a row to the next.</summary>
    public nint ResultRow { get; }
}
