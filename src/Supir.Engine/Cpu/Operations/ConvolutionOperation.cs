using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A convolution as a product without im2col: a unit copies what it needs of the source once, with its zero border,
/// and the kernel walks the taps of that band as segments of its depth.</summary>
/// <remarks>While it copies, it normalises, applies SiLU and doubles the source where asked, so none of these is ever written to memory.</remarks>
internal sealed unsafe class ConvolutionOperation : CpuOperation
{
    private readonly MatrixView _source;
    private readonly ConvolutionShape _shape;
    private readonly NormPrologue _prologue;
    private readonly ProductWeights _weights;
    private readonly Epilogue _epilogue;
    private readonly ConvolutionCut _cut;
    private readonly GuidedCut _units;

    /// <summary>Describes a convolution, to be cut for so many threads.</summary>
    public ConvolutionOperation(
        MatrixView source, ConvolutionShape shape, NormPrologue prologue, ProductWeights weights, Epilogue epilogue, int threads)
    {
        _source = source;
        _shape = shape;
        _prologue = prologue;
        _weights = weights;
        _epilogue = epilogue;
        _cut = new ConvolutionCut(shape);
        _units = new GuidedCut(_cut.Strips, shape.OutHeight, weights.Panels, threads, _cut.LeastRows, _cut.MostRows);
    }

    /// <inheritdoc/>
    public override string Name =>
        $"conv {_shape.KernelHeight}x{_shape.KernelWidth} {_shape.Batch}x{_shape.OutHeight}x{_shape.OutWidth} {_shape.InChannels}->{_weights.Panels * ProductWeights.PanelColumns}";

    /// <inheritdoc/>
    public override int Units => _units.Count;

    /// <inheritdoc/>
    public override double Flops =>
        2.0 * _shape.Batch * _shape.OutHeight * _shape.OutWidth * _weights.Depth * _weights.Panels * ProductWeights.PanelColumns;

    /// <summary>Bytes that a thread needs for a convolution: what every product needs, and the band.</summary>
    public static long ScratchBytesFor(ConvolutionShape shape, PackedForm weights) =>
        ProductScratch.Bytes(weights.Depth) + new ConvolutionCut(shape).BandBytes;

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        ProductUnit part = _units[unit];
        Band band = new(
            (float*)(scratch + ProductScratch.Bytes(_weights.Depth)), _shape, part.FirstRow, part.EndRow,
            _cut.ColumnOf(_cut.FirstTile(part.Strip)), _cut.ColumnOf(_cut.EndTile(part.Strip)), _shape.PositionStride);
        band.Fill(_source, _cut.Image(part.Strip), _prologue, 0, _shape.InChannels);

        // Where no position is padded, the taps of a row lie one behind the other: one segment, and fewer ends of the kernel's inner loop.
        int joined = _shape.PositionStride == _shape.InChannels ? _shape.KernelWidth : 1;
        int segments = _shape.KernelHeight * _shape.KernelWidth / joined;
        nint* offsets = stackalloc nint[segments];
        nint positionBytes = (nint)_shape.PositionStride * sizeof(float);
        for (int segment = 0; segment < segments; segment++)
        {
            int tap = segment * joined;
            offsets[segment] = (((nint)(tap / _shape.KernelWidth) * band.Width) + (tap % _shape.KernelWidth)) * positionBytes;
        }

        TileArguments arguments = new()
        {
            Segments = offsets,
            SegmentCount = segments,
            Count = joined * _shape.InChannels,
            RowStride = positionBytes * _shape.Options.Stride,
            DepthStride = sizeof(float),
            StrideB = _weights.StrideB,
            HalvesOfB = _weights.HalvesOfB,
            StrideC = ProductWeights.PanelColumns,
            NextStep = TileKernel.StepOfNextRows(positionBytes * _shape.Options.Stride, joined * _shape.InChannels),
        };
        for (int panel = part.FirstPanel; panel < part.EndPanel; panel++)
        {
            MultiplyPanel(in arguments, new ProductScratch(scratch), band, part, panel);
        }
    }

    private void MultiplyPanel(in TileArguments arguments, ProductScratch memory, Band band, ProductUnit part, int panel)
    {
        float* b = _weights.Widened(panel, memory.Panel);
        int image = _cut.Image(part.Strip);
        int endTile = _cut.EndTile(part.Strip);
        for (int row = part.FirstRow; row < part.EndRow; row++)
        {
            _weights.Fetch(panel + 1, row - part.FirstRow, part.EndRow - part.FirstRow);
            long firstPosition = (((long)image * _shape.OutHeight) + row) * _shape.OutWidth;
            for (int tile = _cut.FirstTile(part.Strip); tile < endTile; tile++)
            {
                int column = _cut.ColumnOf(tile);
                int width = _cut.ColumnOf(tile + 1) - column;
                _epilogue.Fetch(width, firstPosition + column, panel);
                TileKernel.Multiply(width, in arguments, (byte*)band.At(row, column), b, memory.Tile);
                _epilogue.Write(memory.Tile, width, firstPosition + column, image, panel);
            }
        }
    }
}
