using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>How a convolution in Winograd's form is cut: into chunks of channels, strips of columns and rows of tiles, of all images one below the other.</summary>
/// <remarks>A unit transforms its tiles once for all panels, and a panel's weights once for all of its tiles: it should have many of both, but
/// transformed tiles take 36 numbers a channel and are read again for every panel, so they should stay in the caches. How it is cut does not
/// depend on the number of threads, but for <see cref="LeastRows"/>, which changes no sum.</remarks>
internal sealed class WinogradCut
{
    /// <summary>Channels of a chunk at most: weights of a chunk, transformed for six points, stay in the second-level cache.</summary>
    private const int MostDepth = 320;

    /// <summary>Bytes of transformed tiles at most, for the last-level cache.</summary>
    private const long MostSourceBytes = 4 << 20;

    /// <summary>Tiles that it costs as much to multiply as to transform the weights.</summary>
    private const double TilesOfWeights = 3.5;

    /// <summary>Panels that it costs as much to multiply by as to copy and to transform a tile.</summary>
    private const double PanelsOfSource = 0.5;

    /// <summary>Tiles of a unit at least: transforming weights is an eighth of the work then.</summary>
    private const int LeastTiles = 28;

    /// <summary>Units for each thread that rows are cut for, at least.</summary>
    private const int UnitsPerThread = 2;

    private readonly ConvolutionShape _shape;
    private readonly int _tilesOfRow;

    /// <summary>Cuts.</summary>
    public WinogradCut(ConvolutionShape shape, int panels, int threads)
    {
        _shape = shape;
        TileRows = TilesOf(shape.OutHeight);
        _tilesOfRow = TilesOf(shape.OutWidth);
        Chunks = DivideUp(shape.InChannels, MostDepth);
        Depth = RoundUp(DivideUp(shape.InChannels, Chunks));
        PanelsAtOnce = Chunks == 1 ? panels : Math.Min(panels, Math.Max(1, Depth / TileKernel.Columns));
        int mostTiles = (int)(MostSourceBytes / (WinogradTile.Points * (long)Depth * sizeof(float)));
        (Strips, MostRows) = Best(mostTiles, Math.Min(panels, PanelsAtOnce));
        int columns = DivideUp(_tilesOfRow, Strips);
        MostTiles = MostRows * columns;
        MostColumns = columns * WinogradTile.ResultSide;
        int blocks = DivideUp(UnitsPerThread * threads, Strips * DivideUp(panels, PanelsAtOnce));
        LeastRows = Math.Clamp(Rows / blocks, Math.Min(MostRows, DivideUp(LeastTiles, columns)), MostRows);
    }

    /// <summary>Rows of tiles of an image.</summary>
    public int TileRows { get; }

    /// <summary>Rows of tiles of all images.</summary>
    public int Rows => _shape.Batch * TileRows;

    /// <summary>Strips of columns.</summary>
    public int Strips { get; }

    /// <summary>Chunks of input channels; sums of all but the last wait in memory.</summary>
    public int Chunks { get; }

    /// <summary>Input channels of a chunk at most, a multiple of <see cref="WinogradTile.ChannelStep"/>.</summary>
    public int Depth { get; }

    /// <summary>Panels that tiles are transformed for at a time: as many as have room for their sums.</summary>
    public int PanelsAtOnce { get; }

    /// <summary>Rows of tiles of a unit at most.</summary>
    public int MostRows { get; }

    /// <summary>Rows of tiles of a unit at least.</summary>
    public int LeastRows { get; }

    /// <summary>Tiles of a unit at most.</summary>
    public int MostTiles { get; }

    /// <summary>Columns of the result in a strip, at most; they may reach beyond its end.</summary>
    public int MostColumns { get; }

    /// <summary>Multiplications and additions between transforms.</summary>
    public double Flops(int panels) =>
        2.0 * WinogradTile.Points * Rows * _tilesOfRow * _shape.InChannels * panels * TileKernel.Columns;

    /// <summary>The first input channel of a chunk.</summary>
    public int FirstChannel(int chunk) => Math.Min(chunk * Depth, _shape.InChannels);

    /// <summary>The first tile of a strip, in a row.</summary>
    public int FirstTile(int strip) => (int)((long)_tilesOfRow * strip / Strips);

    /// <summary>Whether this way needs less time than adding up all taps.</summary>
    public static bool Pays(ConvolutionShape shape, PackedForm weights)
    {
        if (shape.KernelHeight != WinogradTile.Taps || shape.KernelWidth != WinogradTile.Taps || shape.Options.Stride != 1
            || shape.InChannels < LeastChannels || weights.IsFourBit)
        {
            return false;
        }

        double tiles = TilesOf(shape.OutHeight) * (double)TilesOf(shape.OutWidth) * shape.Batch;
        double positions = (double)shape.OutHeight * shape.OutWidth * shape.Batch;
        return WinogradTile.Points * (tiles + TilesOfWeights) < WinogradTile.Taps * WinogradTile.Taps * positions;
    }

    /// <summary>With fewer input channels, transforming the sums costs more than the multiplications that are saved.</summary>
    private const int LeastChannels = 16;

    private static int TilesOf(int length) => DivideUp(length, WinogradTile.ResultSide);

    private static int RoundUp(int channels) => DivideUp(channels, WinogradTile.ChannelStep) * WinogradTile.ChannelStep;

    private static int DivideUp(int length, int size) => (length + size - 1) / size;

    /// <summary>The strips and rows for which a tile costs least: many tiles, in as little of the source as possible.</summary>
    private (int Strips, int Rows) Best(int mostTiles, int panels)
    {
        const int Side = WinogradTile.ResultSide;
        const int Border = WinogradTile.Taps - 1;
        (int Strips, int Rows) best = (_tilesOfRow, 1);
        double least = double.PositiveInfinity;
        for (int strips = 1; strips <= _tilesOfRow; strips++)
        {
            int columns = DivideUp(_tilesOfRow, strips);
            int rows = Math.Min(mostTiles / columns, Rows);
            if (rows == 0)
            {
                continue;
            }

            int rowsOfImage = Math.Min(rows, TileRows);
            double seen = ((Side * rowsOfImage) + Border) * (double)((Side * columns) + Border) / (Side * Side * rowsOfImage * columns);
            double cost = (TilesOfWeights / (rows * columns)) + (PanelsOfSource * seen / panels);
            if (cost < least)
            {
                (least, best) = (cost, (strips, rows));
            }
        }

        return best;
    }
}
