using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A matrix product over rows. The kernel reads the source where it lies; only the weights' panel is widened.</summary>
internal sealed unsafe class LinearOperation : CpuOperation
{
    /// <summary>Rows of a unit: enough that widening a panel (a tenth to a fifth of a nanosecond an element) is 1 to 2 % of the product, and a
    /// divisor of what networks have: 512 rows in two units of 256 cost 1 % more, 4 % with weights in place.</summary>
    private const int RowsPerUnit = 512;

    /// <summary>Rows of a unit where there are too few panels for all threads; widening is 4 % of the product then.</summary>
    private const int LeastRowsPerUnit = 112;

    /// <summary>Units to aim at, so that the last unit keeps nobody waiting.</summary>
    private const int WantedUnits = 128;

    /// <summary>Units to aim at for each of many threads.</summary>
    private const int WantedUnitsPerThread = 8;

    private readonly MatrixView _source;
    private readonly int _rows;
    private readonly int _rowsPerImage;
    private readonly ProductWeights _weights;
    private readonly Epilogue _epilogue;
    private readonly int _rowBlocks;
    private readonly int _panelGroups;

    /// <summary>Describes the product of all rows of <paramref name="source"/>, to be cut for so many threads.</summary>
    public LinearOperation(MatrixView source, int rows, int rowsPerImage, ProductWeights weights, Epilogue epilogue, int threads)
    {
        _source = source;
        _rows = rows;
        _rowsPerImage = rowsPerImage;
        _weights = weights;
        _epilogue = epilogue;
        int images = epilogue.ImageVector.Data == 0 ? 1 : rows / rowsPerImage;
        int blocksForThreads = DivideUp(LeastUnitsPerThread * threads, weights.Panels * images);
        int rowsPerUnit = Math.Clamp(rows / images / blocksForThreads, LeastRowsPerUnit, RowsPerUnit);
        _rowBlocks = images * DivideUp(rows / images, rowsPerUnit);
        _panelGroups = Math.Min(weights.Panels, DivideUp(Math.Max(WantedUnits, WantedUnitsPerThread * threads), _rowBlocks));
    }

    /// <inheritdoc/>
    public override string Name => $"linear {_rows}x{_weights.Depth}x{_weights.Panels * ProductWeights.PanelColumns}";

    /// <inheritdoc/>
    public override int Units => _rowBlocks * _panelGroups;

    /// <inheritdoc/>
    public override double Flops => 2.0 * _rows * _weights.Depth * _weights.Panels * ProductWeights.PanelColumns;

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int block = unit % _rowBlocks;
        int group = unit / _rowBlocks;
        int start = Cut(_rows, block, _rowBlocks);
        int end = Cut(_rows, block + 1, _rowBlocks);
        ProductScratch memory = new(scratch);
        nint noOffset = 0;
        TileArguments arguments = new()
        {
            Segments = &noOffset,
            SegmentCount = 1,
            Count = _weights.Depth,
            RowStride = (nint)_source.RowStride * sizeof(float),
            DepthStride = sizeof(float),
            StrideB = _weights.StrideB,
            HalvesOfB = _weights.HalvesOfB,
            StrideC = ProductWeights.PanelColumns,
        };
        int lastPanel = Cut(_weights.Panels, group + 1, _panelGroups);
        for (int panel = Cut(_weights.Panels, group, _panelGroups); panel < lastPanel; panel++)
        {
            float* b = _weights.Widened(panel, memory.Panel);
            int tiles = TileKernel.TileCount(end - start);
            for (int tile = 0; tile < tiles; tile++)
            {
                int row = start + Cut(end - start, tile, tiles);
                int height = start + Cut(end - start, tile + 1, tiles) - row;
                _weights.Fetch(panel + 1, tile, tiles);
                TileKernel.Multiply(height, in arguments, (byte*)_source.Row(row), b, memory.Tile);
                _epilogue.Write(memory.Tile, height, row, row / _rowsPerImage, panel);
            }
        }
    }
}
