using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>How a convolution in Winograd's form is cut: into chunks of channels, strips of columns, and rows of tiles of all images one below the other.</summary>
/// <remarks>A unit transforms its tiles once for all panels, and a panel's weights once for all of its tiles: it should have many of both. But a
/// transformed tile takes 36 numbers a channel and is read again for every panel, so a unit's tiles should stay in the caches. Chunks, which
/// the order of summation follows from, depend on the channels alone.</remarks>
internal sealed class WinogradCut
{
    /// <summary>Channels of a chunk at most: two rows of points of a panel's weights stay in the second-level cache.</summary>
    private const int MostDepth = 320;

    /// <summary>Bytes of a unit's transformed tiles at most: they are to stay in the last-level cache, beside the other threads'.</summary>
    private const long MostSourceBytes = 5 << 20;

    /// <summary>Bytes of sums that wait between chunks, at most: read and written once a chunk, they may lie in memory. For 640 channels all panels
    /// have room, so that their tiles are transformed once.</summary>
    private const long MostSumBytes = 11 << 20;

    /// <summary>Tiles of a unit at most, and at least where there are so many: transforming weights is a fortieth of the work, and a sixth.</summary>
    private const int MostTilesOfUnit = 224;
    private const int LeastTilesOfUnit = 28;

    /// <summary>Panels of a unit at least, where there are so many: transforming tiles is a tenth of the work then.</summary>
    private const int LeastPanelsOfUnit = 5;

    /// <summary>Tiles that it takes as long to multiply by a panel as to widen and transform the panel: measured.</summary>
    private const double TilesOfWeights = 5;

    /// <summary>Panels that it takes as long to multiply a tile by as to copy and transform the tile: measured.</summary>
    private const double PanelsOfSource = 0.5;

    /// <summary>Units for each thread, at least, where rows are not cut lower than they have to be.</summary>
    private const int UnitsPerThread = 2;

    /// <summary>With fewer input channels, transforming results costs more than the multiplications that are saved.</summary>
    private const int LeastChannels = 16;

    private readonly ConvolutionShape _shape;
    private readonly int _panels;
    private readonly int _tilesOfRow;

    /// <summary>Cuts.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="panels">Panels of 32 output channels.</param>
    public WinogradCut(ConvolutionShape shape, int panels)
    {
        _shape = shape;
        _panels = panels;
        _tilesOfRow = TilesOf(shape.OutWidth);
        TileRows = TilesOf(shape.OutHeight);
        Chunks = CpuOperation.DivideUp(shape.InChannels, MostDepth);
        Depth = CpuOperation.DivideUp(CpuOperation.DivideUp(shape.InChannels, Chunks), WinogradTile.ChannelStep) * WinogradTile.ChannelStep;
        Strips = BestStrips();
        MostRows = (int)Math.Min(MostTilesAtOnce / MostTilesOfRow, Rows);
        PanelsAtOnce = Chunks == 1 ? panels : (int)Math.Clamp(MostSumBytes / (WinogradTile.Points * (long)MostTiles * TileKernel.Columns * sizeof(float)), 1, panels);
    }

    /// <summary>Rows of tiles of an image.</summary>
    public int TileRows { get; }

    /// <summary>Strips of columns.</summary>
    public int Strips { get; }

    /// <summary>Chunks of input channels; between them, sums wait in memory.</summary>
    public int Chunks { get; }

    /// <summary>Input channels of a chunk at most, a multiple of <see cref="WinogradTile.ChannelStep"/>.</summary>
    public int Depth { get; }

    /// <summary>Panels that tiles are transformed for at a time: all, or where sums have to wait as many as have room for them.</summary>
    public int PanelsAtOnce { get; }

    /// <summary>Rows of tiles of a unit at most.</summary>
    public int MostRows { get; }

    /// <summary>Tiles of a unit at most.</summary>
    public int MostTiles => MostRows * MostTilesOfRow;

    /// <summary>Columns of the result in a strip at most, those of tiles that reach beyond its end included.</summary>
    public int MostColumns => MostTilesOfRow * WinogradTile.ResultSide;

    /// <summary>Multiplications and additions of the products between the transforms.</summary>
    public double Flops => 2.0 * WinogradTile.Points * Rows * _tilesOfRow * _shape.InChannels * _panels * TileKernel.Columns;

    private int Rows => _shape.Batch * TileRows;

    private long MostTilesAtOnce => Math.Min(MostTilesOfUnit, MostSourceBytes / (WinogradTile.Points * (long)Depth * sizeof(float)));

    private int MostTilesOfRow => CpuOperation.DivideUp(_tilesOfRow, Strips);

    /// <summary>Whether this takes less time than adding up all taps. Other images of the batch do not count: each gets the bytes that it gets alone.</summary>
    public static bool Pays(ConvolutionShape shape, PackedForm weights)
    {
        bool isKnown = shape.KernelHeight == WinogradTile.Taps && shape.KernelWidth == WinogradTile.Taps && shape.Options.Stride == 1 && !weights.IsFourBit;
        int tiles = TilesOf(shape.OutHeight) * TilesOf(shape.OutWidth);
        double direct = (double)WinogradTile.Taps * WinogradTile.Taps * shape.OutHeight * shape.OutWidth;
        return isKnown && shape.InChannels >= LeastChannels && WinogradTile.Points * (tiles + TilesOfWeights) < direct;
    }

    /// <summary>The positions of the result in each strip of each row of tiles, row by row.</summary>
    public int[] PositionsOfStrips()
    {
        const int Side = WinogradTile.ResultSide;
        int[] positions = new int[TileRows * Strips];
        for (int i = 0; i < positions.Length; i++)
        {
            int height = Math.Min(Side, _shape.OutHeight - (i / Strips * Side));
            int first = FirstTile(i % Strips) * Side;
            positions[i] = height * (Math.Min(FirstTile((i % Strips) + 1) * Side, _shape.OutWidth) - first);
        }

        return positions;
    }

    /// <summary>The first input channel of a chunk.</summary>
    public int FirstChannel(int chunk) => Math.Min(chunk * Depth, _shape.InChannels);

    /// <summary>The first tile of a strip, in a row.</summary>
    public int FirstTile(int strip) => CpuOperation.Cut(_tilesOfRow, strip, Strips);

    /// <summary>Units for so many threads; where they are cut changes no sum.</summary>
    public GuidedCut UnitsFor(int threads)
    {
        int blocks = CpuOperation.DivideUp(UnitsPerThread * threads, Strips * CpuOperation.DivideUp(_panels, LeastPanelsOfUnit));
        int leastRows = Math.Clamp(Rows / blocks, Math.Min(MostRows, CpuOperation.DivideUp(LeastTilesOfUnit, MostTilesOfRow)), MostRows);
        int panelsOfThread = _panels * Strips * CpuOperation.DivideUp(Rows, MostRows) / threads;
        int leastPanels = Math.Clamp(panelsOfThread / (2 * UnitsPerThread), 1, LeastPanelsOfUnit);
        return new GuidedCut(Strips, Rows, _panels, threads, leastRows, MostRows, leastPanels);
    }

    private static int TilesOf(int length) => CpuOperation.DivideUp(length, WinogradTile.ResultSide);

    /// <summary>The strips for which a tile costs least: many tiles in a unit, and in as little of the source as possible. Other images of the
    /// batch do not count: sums over strips are the same with any.</summary>
    private int BestStrips()
    {
        const int Side = WinogradTile.ResultSide;
        const int Border = WinogradTile.Taps - 1;
        int best = 0;
        double least = double.PositiveInfinity;
        int panels = Chunks == 1 ? _panels : Math.Min(_panels, CpuOperation.DivideUp(Depth, TileKernel.Columns));
        for (int strips = CpuOperation.DivideUp(_tilesOfRow, (int)MostTilesAtOnce); strips <= _tilesOfRow; strips++)
        {
            int columns = CpuOperation.DivideUp(_tilesOfRow, strips);
            int rows = (int)Math.Min(MostTilesAtOnce / columns, TileRows);
            double tilesOfUnit = (double)_tilesOfRow * TileRows / (strips * CpuOperation.DivideUp(TileRows, rows));
            double seen = ((Side * rows) + Border) * (double)((Side * columns) + Border) / (Side * Side * rows * columns);
            double cost = (TilesOfWeights / tilesOfUnit) + (PanelsOfSource * seen / panels);
            if (cost < least)
            {
                (least, best) = (cost, strips);
            }
        }

        return best;
    }
}
