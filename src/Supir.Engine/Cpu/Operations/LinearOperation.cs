using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A matrix product over rows. The kernel reads the source where it lies; only the weights' panel is widened.</summary>
internal sealed unsafe class LinearOperation : CpuOperation
{
    /// <summary>Rows of a unit at most: enough that widening a panel (a twentieth to a fifth of a nanosecond an element) is 1 to 2 % of the
    /// product, and a divisor of what networks have.</summary>
    private const int MostRowsPerUnit = 512;

    /// <summary>Rows of a unit at least; widening is up to 4 % of the product then.</summary>
    private const int LeastRowsPerUnit = 256;

    /// <summary>The same where there are too few panels for all threads.</summary>
    private const int LeastRowsForManyThreads = 112;

    private readonly MatrixView _source;
    private readonly int _rows;
    private readonly int _rowsPerImage;
    private readonly ProductWeights _weights;
    private readonly Epilogue _epilogue;
    private readonly int _rowsPerStrip;
    private readonly GuidedCut _units;

    /// <summary>Describes the product of all rows of <paramref name="source"/>, to be cut for so many threads.</summary>
    public LinearOperation(MatrixView source, int rows, int rowsPerImage, ProductWeights weights, Epilogue epilogue, int threads)
    {
        _source = source;
        _rows = rows;
        _rowsPerImage = rowsPerImage;
        _weights = weights;
        _epilogue = epilogue;

        // Where every image has a vector to add, no unit has rows of two.
        _rowsPerStrip = epilogue.ImageVector.Data == 0 ? rows : rowsPerImage;
        int strips = rows / _rowsPerStrip;
        int blocksForThreads = DivideUp(LeastUnitsPerThread * threads, weights.Panels * strips);
        int leastRows = Math.Clamp(_rowsPerStrip / blocksForThreads, LeastRowsForManyThreads, LeastRowsPerUnit);
        _units = new GuidedCut(strips, _rowsPerStrip, weights.Panels, threads, leastRows, MostRowsPerUnit);
    }

    /// <inheritdoc/>
    public override string Name => $"linear {_rows}x{_weights.Depth}x{_weights.Panels * ProductWeights.PanelColumns}";

    /// <inheritdoc/>
    public override int Units => _units.Count;

    /// <inheritdoc/>
    public override double Flops => 2.0 * _rows * _weights.Depth * _weights.Panels * ProductWeights.PanelColumns;

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        ProductUnit part = _units[unit];
        int start = (part.Strip * _rowsPerStrip) + part.FirstRow;
        int end = (part.Strip * _rowsPerStrip) + part.EndRow;
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
            NextStep = TileKernel.StepOfNextRows((nint)_source.RowStride * sizeof(float), _weights.Depth),
        };
        for (int panel = part.FirstPanel; panel < part.EndPanel; panel++)
        {
            float* b = _weights.Widened(panel, memory.Panel);
            int tiles = TileKernel.BlockCount(end - start);
            for (int tile = 0; tile < tiles; tile++)
            {
                int row = start + Cut(end - start, tile, tiles);
                int height = start + Cut(end - start, tile + 1, tiles) - row;
                _weights.Fetch(panel + 1, tile, tiles);
                _epilogue.Fetch(height, row, panel);
                TileKernel.Multiply(height, in arguments, (byte*)_source.Row(row), b, memory.Tile);
                _epilogue.Write(memory.Tile, height, row, row / _rowsPerImage, panel);
            }
        }
    }
}
