using Supir.Engine.Cpu.Kernels;

namespace Supir.Engine.Cpu.Operations;

/// <summary>How a convolution's result is cut: into strips of columns where its rows are too long for the band that a unit needs, and into rows.</summary>
/// <remarks>A band holds what the kernel sees of the source. Units that are low or narrow copy much of it twice; a band that does not stay in
/// the caches is read from memory again for every panel of weights. Columns are cut between tiles, so that tiles are the same everywhere.</remarks>
internal sealed class ConvolutionCut
{
    /// <summary>A band is to stay in the last-level cache, beside the other threads' and a panel of weights.</summary>
    private const int WantedBandBytes = 4 << 20;

    /// <summary>Rows of a unit, in heights of the kernel.</summary>
    private const int MostKernelHeights = 8;

    /// <summary>Rows that should fit before columns are cut, in the same measure.</summary>
    private const int WantedKernelHeights = 3;

    /// <summary>Positions of a unit at least: widening a panel is 3 % of the product then.</summary>
    private const int LeastPositions = 112;

    private readonly ConvolutionShape _shape;
    private readonly int _tiles;
    private readonly int _stripsOfImage = 1;

    /// <summary>Cuts; how does not depend on the number of threads.</summary>
    public ConvolutionCut(ConvolutionShape shape)
    {
        _shape = shape;
        _tiles = TileKernel.BlockCount(shape.OutWidth);
        int wanted = Math.Min(WantedKernelHeights * shape.KernelHeight, shape.OutHeight);
        while (RowsThatFit < wanted && _stripsOfImage < _tiles)
        {
            _stripsOfImage++;
        }

        int most = Math.Min(MostKernelHeights * shape.KernelHeight, shape.OutHeight);
        MostRows = Math.Clamp(RowsThatFit, 1, most);
        LeastRows = Math.Min(MostRows, Math.Max(shape.KernelHeight, (LeastPositions + MostColumns - 1) / MostColumns));
    }

    /// <summary>Strips, of all images.</summary>
    public int Strips => _shape.Batch * _stripsOfImage;

    /// <summary>Rows of a unit, at least.</summary>
    public int LeastRows { get; }

    /// <summary>Rows of a unit, at most.</summary>
    public int MostRows { get; }

    /// <summary>Bytes of the largest band.</summary>
    public long BandBytes => _shape.BandHeight(MostRows) * RowBytes;

    private int MostColumns => Enumerable.Range(0, _stripsOfImage).Max(strip => ColumnOf(EndTile(strip)) - ColumnOf(FirstTile(strip)));

    private long RowBytes => (long)_shape.BandWidth(MostColumns) * _shape.PositionStride * sizeof(float);

    private int RowsThatFit => (int)(((WantedBandBytes / RowBytes) - _shape.KernelHeight) / _shape.Options.Stride) + 1;

    /// <summary>The image of a strip.</summary>
    public int Image(int strip) => strip / _stripsOfImage;

    /// <summary>The first tile of a strip.</summary>
    public int FirstTile(int strip) => CpuOperation.Cut(_tiles, strip % _stripsOfImage, _stripsOfImage);

    /// <summary>The tile behind a strip's last one.</summary>
    public int EndTile(int strip) => CpuOperation.Cut(_tiles, (strip % _stripsOfImage) + 1, _stripsOfImage);

    /// <summary>The column at which a tile begins.</summary>
    public int ColumnOf(int tile) => CpuOperation.Cut(_shape.OutWidth, tile, _tiles);
}
