using System.Runtime.CompilerServices;
using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A convolution as a product without im2col: a unit copies the rows it needs once, with their zero border,
/// and the kernel walks the taps of that band as segments of its depth.</summary>
/// <remarks>While it copies, it normalises, applies SiLU and doubles the source where asked, so none of these is ever written to memory.</remarks>
internal sealed unsafe class ConvolutionOperation : CpuOperation
{
    /// <summary>A band is to stay in the last-level cache beside the panel.</summary>
    private const int WantedBandBytes = 3 << 20;

    /// <summary>Units to aim at, so that the last unit keeps nobody waiting.</summary>
    private const int WantedUnits = 32;

    private readonly MatrixView _source;
    private readonly ConvolutionShape _shape;
    private readonly NormPrologue _prologue;
    private readonly ProductWeights _weights;
    private readonly Epilogue _epilogue;
    private readonly int _positionStride;
    private readonly int _rowBlocks;
    private readonly int _panelGroups;

    /// <summary>Describes a convolution, to be cut for so many threads.</summary>
    public ConvolutionOperation(
        MatrixView source, ConvolutionShape shape, NormPrologue prologue, ProductWeights weights, Epilogue epilogue, int threads)
    {
        _source = source;
        _shape = shape;
        _prologue = prologue;
        _weights = weights;
        _epilogue = epilogue;
        _positionStride = PositionStrideOf(shape);
        _rowBlocks = RowBlocksOf(shape, threads);
        _panelGroups = Math.Min(weights.Panels, DivideUp(WantedUnitsFor(threads), _rowBlocks * shape.Batch));
    }

    /// <inheritdoc/>
    public override string Name =>
        $"conv {_shape.KernelHeight}x{_shape.KernelWidth} {_shape.Batch}x{_shape.OutHeight}x{_shape.OutWidth} {_shape.InChannels}->{_weights.Panels * ProductWeights.PanelColumns}";

    /// <inheritdoc/>
    public override int Units => _shape.Batch * _rowBlocks * _panelGroups;

    /// <inheritdoc/>
    public override double Flops =>
        2.0 * _shape.Batch * _shape.OutHeight * _shape.OutWidth * _weights.Depth * _weights.Panels * ProductWeights.PanelColumns;

    /// <summary>Bytes that a thread needs for a convolution: what every product needs, and the band.</summary>
    public static long ScratchBytesFor(ConvolutionShape shape, PackedForm weights, int threads)
    {
        int rows = DivideUp(shape.OutHeight, RowBlocksOf(shape, threads));
        return ProductScratch.Bytes(weights.Depth) + ((long)shape.BandHeight(rows) * shape.BandWidth * PositionStrideOf(shape) * sizeof(float));
    }

    private static int WantedUnitsFor(int threads) => Math.Max(WantedUnits, LeastUnitsPerThread * threads);

    /// <summary>Elements from a position of a band to the next: the channels, rounded up to whole vectors.</summary>
    private static int PositionStrideOf(ConvolutionShape shape) => (shape.InChannels + 7) & ~7;

    /// <summary>Bands of an image: high enough that their overlap costs little, small enough for the cache, many enough for all threads.</summary>
    private static int RowBlocksOf(ConvolutionShape shape, int threads)
    {
        long rowBytes = (long)shape.BandWidth * PositionStrideOf(shape) * sizeof(float) * shape.Options.Stride;
        int rowsThatFit = (int)Math.Max(1, (WantedBandBytes / rowBytes) - shape.KernelHeight + 1);
        int rowsForUnits = Math.Max(1, DivideUp(shape.OutHeight * shape.Batch, WantedUnitsFor(threads)));
        return DivideUp(shape.OutHeight, Math.Min(rowsThatFit, Math.Max(rowsForUnits, 4 * shape.KernelHeight)));
    }

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int image = unit % _shape.Batch;
        int block = unit / _shape.Batch % _rowBlocks;
        int group = unit / _shape.Batch / _rowBlocks;
        int startRow = Cut(_shape.OutHeight, block, _rowBlocks);
        int endRow = Cut(_shape.OutHeight, block + 1, _rowBlocks);
        float* band = (float*)(scratch + ProductScratch.Bytes(_weights.Depth));
        FillBand(band, image, startRow, endRow);

        int taps = _shape.KernelHeight * _shape.KernelWidth;
        nint* offsets = stackalloc nint[taps];
        nint positionBytes = (nint)_positionStride * sizeof(float);
        for (int tap = 0; tap < taps; tap++)
        {
            offsets[tap] = (((nint)(tap / _shape.KernelWidth) * _shape.BandWidth) + (tap % _shape.KernelWidth)) * positionBytes;
        }

        TileArguments arguments = new()
        {
            Segments = offsets,
            SegmentCount = taps,
            Count = _shape.InChannels,
            RowStride = positionBytes * _shape.Options.Stride,
            DepthStride = sizeof(float),
            StrideB = _weights.StrideB,
            HalvesOfB = _weights.HalvesOfB,
            StrideC = ProductWeights.PanelColumns,
        };
        int lastPanel = Cut(_weights.Panels, group + 1, _panelGroups);
        for (int panel = Cut(_weights.Panels, group, _panelGroups); panel < lastPanel; panel++)
        {
            MultiplyPanel(in arguments, new ProductScratch(scratch), band, image, startRow, endRow, panel);
        }
    }

    private void MultiplyPanel(in TileArguments arguments, ProductScratch memory, float* band, int image, int startRow, int endRow, int panel)
    {
        float* b = _weights.Widened(panel, memory.Panel);
        int tiles = TileKernel.TileCount(_shape.OutWidth);
        for (int row = startRow; row < endRow; row++)
        {
            _weights.Fetch(panel + 1, row - startRow, endRow - startRow);
            byte* bandRow = (byte*)(band + ((long)(row - startRow) * _shape.Options.Stride * _shape.BandWidth * _positionStride));
            long firstPosition = (((long)image * _shape.OutHeight) + row) * _shape.OutWidth;
            for (int tile = 0; tile < tiles; tile++)
            {
                int column = Cut(_shape.OutWidth, tile, tiles);
                int width = Cut(_shape.OutWidth, tile + 1, tiles) - column;
                TileKernel.Multiply(width, in arguments, bandRow + (column * arguments.RowStride), b, memory.Tile);
                _epilogue.Write(memory.Tile, width, firstPosition + column, image, panel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillBand(float* band, int image, int startRow, int endRow)
    {
        int height = _shape.BandHeight(endRow - startRow);
        int firstSeen = (startRow * _shape.Options.Stride) - _shape.Options.PadTop;
        long bandRowLength = (long)_shape.BandWidth * _positionStride;
        for (int i = 0; i < height; i++)
        {
            float* target = band + (i * bandRowLength);
            int seen = firstSeen + i;
            if ((uint)seen >= (uint)_shape.SeenHeight)
            {
                new Span<float>(target, (int)bandRowLength).Clear();
                continue;
            }

            new Span<float>(target, _shape.Options.PadLeft * _positionStride).Clear();
            target += _shape.Options.PadLeft * _positionStride;
            int sourceRow = _shape.Options.UpsampleNearest2x ? seen / 2 : seen;
            long position = (((long)image * _shape.Height) + sourceRow) * _shape.Width;
            for (int x = 0; x < _shape.Width; x++)
            {
                _prologue.Copy(_source.Row(position + x), target, image, 0, _shape.InChannels);
                if (_shape.Options.UpsampleNearest2x)
                {
                    new Span<float>(target, _shape.InChannels).CopyTo(new Span<float>(target + _positionStride, _shape.InChannels));
                    target += _positionStride;
                }

                target += _positionStride;
            }

            new Span<float>(target, _shape.Options.PadRight * _positionStride).Clear();
        }
    }
}
