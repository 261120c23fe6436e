using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>A 3×3 convolution of stride 1 with a quarter of the multiplications: tiles of the source and weights are transformed
/// (<see cref="WinogradTransform{T}"/>), then multiplied as 36 matrices, one for each point.</summary>
/// <remarks>Nothing but the plan's memory is written: a unit transforms its tiles, and weights as it comes to them, in the thread's own.</remarks>
internal sealed unsafe class WinogradOperation : CpuOperation
{
    private const int Side = WinogradTile.ResultSide;

    /// <summary>Points after which the next panel's next tap is asked for.</summary>
    private const int PointsOfTap = WinogradTile.Points / (WinogradTile.Taps * WinogradTile.Taps);

    private readonly MatrixView _source;
    private readonly ConvolutionShape _shape;
    private readonly NormPrologue _prologue;
    private readonly PackedMatrix _weights;
    private readonly Epilogue _epilogue;
    private readonly WinogradCut _cut;
    private readonly WinogradScratch _scratch;
    private readonly GuidedCut _units;
    private readonly NormSums? _norm;

    /// <summary>Describes a convolution, to be cut for so many threads.</summary>
    /// <param name="source">The source.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="prologue">What happens to the source while it is read.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="epilogue">What happens to the result while it is written.</param>
    /// <param name="norm">Sums of the result, where a normalisation follows; their chunks are <see cref="WinogradCut.PositionsOfStrips"/>.</param>
    /// <param name="threads">Threads.</param>
    public WinogradOperation(
        MatrixView source, ConvolutionShape shape, NormPrologue prologue, PackedMatrix weights, Epilogue epilogue, NormSums? norm, int threads)
    {
        _norm = norm;
        _source = source;
        _shape = shape;
        _prologue = prologue;
        _weights = weights;
        _epilogue = epilogue;
        _cut = new WinogradCut(shape, weights.Panels);
        _scratch = new WinogradScratch(shape, _cut);
        _units = _cut.UnitsFor(threads);
    }

    /// <inheritdoc/>
    public override string Name =>
        $"winograd 3x3 {_shape.Batch}x{_shape.OutHeight}x{_shape.OutWidth} {_shape.InChannels}->{_weights.Panels * ProductWeights.PanelColumns}";

    /// <inheritdoc/>
    public override int Units => _units.Count;

    /// <inheritdoc/>
    public override double Flops => _cut.Flops;

    /// <summary>Bytes that a thread needs.</summary>
    public static long ScratchBytesFor(ConvolutionShape shape, PackedForm weights) =>
        new WinogradScratch(shape, new WinogradCut(shape, weights.Panels)).Bytes;

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        ProductUnit part = _units[unit];
        int groups = DivideUp(part.EndPanel - part.FirstPanel, _cut.PanelsAtOnce);
        for (int group = 0; group < groups; group++)
        {
            int first = part.FirstPanel + Cut(part.EndPanel - part.FirstPanel, group, groups);
            int end = part.FirstPanel + Cut(part.EndPanel - part.FirstPanel, group + 1, groups);
            for (int chunk = 0; chunk < _cut.Chunks; chunk++)
            {
                TransformSource(part, chunk, scratch);
                for (int panel = first; panel < end; panel++)
                {
                    // Where there is one chunk, a panel's sums are done with before the next one's.
                    float* sums = (float*)(scratch + _scratch.Sums) + (_cut.Chunks == 1 ? 0 : (panel - first) * _scratch.SumPanel);
                    Multiply(part, panel, chunk, scratch, sums);
                    if (chunk == _cut.Chunks - 1)
                    {
                        Finish(part, panel, scratch, sums);
                    }
                }
            }
        }
    }

    private int ColumnsOf(ProductUnit part) => _cut.FirstTile(part.Strip + 1) - _cut.FirstTile(part.Strip);

    /// <summary>Copies what the tiles see of some channels, normalised and doubled as asked, and transforms it; each image by itself.</summary>
    private void TransformSource(ProductUnit part, int chunk, byte* scratch)
    {
        int firstChannel = _cut.FirstChannel(chunk);
        int depth = _cut.FirstChannel(chunk + 1) - firstChannel;
        float* target = (float*)(scratch + _scratch.Source);
        int firstColumn = _cut.FirstTile(part.Strip) * Side;
        int columns = ColumnsOf(part);
        int end;
        for (int row = part.FirstRow; row < part.EndRow; row = end)
        {
            int image = row / _cut.TileRows;
            end = Math.Min(part.EndRow, (image + 1) * _cut.TileRows);
            int firstRow = (row % _cut.TileRows) * Side;
            Band band = new(
                (float*)(scratch + _scratch.Band), _shape, firstRow, firstRow + ((end - row) * Side), firstColumn, firstColumn + (columns * Side), _cut.Depth);
            band.Fill(_source, image, _prologue, firstChannel, depth);
            for (int tile = 0; tile < (end - row) * columns; tile++)
            {
                WinogradTile.TransformSource(
                    band.At(firstRow + (tile / columns * Side), firstColumn + (tile % columns * Side)), (nint)band.Width * _cut.Depth, _cut.Depth,
                    depth, (float*)(scratch + _scratch.Memory), target, _scratch.SourcePoint);
                target += _cut.Depth;
            }
        }
    }

    private void Multiply(ProductUnit part, int panel, int chunk, byte* scratch, float* sums)
    {
        int firstChannel = _cut.FirstChannel(chunk);
        int depth = _cut.FirstChannel(chunk + 1) - firstChannel;
        nint tapStride = _scratch.WeightPoint;
        float* taps = _weights.WidenedTaps(panel, _shape.InChannels, firstChannel, depth, (float*)(scratch + _scratch.Taps), ref tapStride);
        float* weights = (float*)(scratch + _scratch.Weights);

        PanelLayout layout = PanelLayout.Fastest(depth);
        nint noOffset = 0;
        nint rowStride = (nint)_cut.Depth * sizeof(float);
        TileArguments arguments = new()
        {
            Segments = &noOffset,
            SegmentCount = 1,
            Count = depth,
            RowStride = rowStride,
            DepthStride = sizeof(float),
            StrideB = layout.Stride,
            HalvesOfB = layout.Halves,
            StrideC = ProductWeights.PanelColumns,
            NextStep = TileKernel.StepOfNextRows(rowStride, depth),
            Accumulate = chunk > 0,
        };
        int count = (part.EndRow - part.FirstRow) * ColumnsOf(part);
        for (int point = 0; point < WinogradTile.Points; point++)
        {
            int place = point % WinogradTile.PointsOfPair;
            if (place == 0)
            {
                WinogradTile.TransformWeights(
                    point / WinogradTile.PointsOfPair, taps, tapStride, depth, weights, _scratch.WeightPoint, layout.Stride, layout.Halves);
            }

            byte* a = scratch + _scratch.Source + (point * _scratch.SourcePoint * sizeof(float));
            float* b = weights + (place * _scratch.WeightPoint);
            float* c = sums + (point * _scratch.SumPoint);
            if (point % PointsOfTap == 0)
            {
                _weights.FetchTap(panel + 1, point / PointsOfTap, _shape.InChannels, firstChannel, depth);
            }

            TileKernel.Multiply(count, in arguments, a, b, c);
        }
    }

    private void Finish(ProductUnit part, int panel, byte* scratch, float* sums)
    {
        float* result = (float*)(scratch + _scratch.Result);
        int columns = ColumnsOf(part);
        int firstColumn = _cut.FirstTile(part.Strip) * Side;
        int count = Math.Min(columns * Side, _shape.OutWidth - firstColumn);
        for (int row = part.FirstRow; row < part.EndRow; row++)
        {
            int image = row / _cut.TileRows;
            int y = (row % _cut.TileRows) * Side;
            int height = Math.Min(Side, _shape.OutHeight - y);
            long position = ((((long)image * _shape.OutHeight) + y) * _shape.OutWidth) + firstColumn;
            for (int column = 0; column < columns; column++)
            {
                for (int i = 0; i < height; i++)
                {
                    _epilogue.Fetch(Math.Min(Side, count - (column * Side)), position + ((long)i * _shape.OutWidth) + (column * Side), panel);
                }

                WinogradTile.TransformSums(
                    sums, _scratch.SumPoint, (float*)(scratch + _scratch.Memory), result + ((nint)column * Side * ProductWeights.PanelColumns), _scratch.ResultRow);
                sums += ProductWeights.PanelColumns;
            }

            for (int i = 0; i < height; i++)
            {
                _epilogue.Write(result + (i * _scratch.ResultRow), count, position + ((long)i * _shape.OutWidth), image, panel);
            }

            if (_norm is not null)
            {
                AddToNorm(image, ((row % _cut.TileRows) * _cut.Strips) + part.Strip, position, height, count, panel);
            }
        }
    }

    /// <summary>Adds up a panel of what was just written, while it is near.</summary>
    private void AddToNorm(int image, int chunk, long position, int height, int count, int panel)
    {
        float* scratch = stackalloc float[2 * ProductWeights.PanelColumns];
        MatrixView result = _epilogue.Destination;
        int channel = panel * ProductWeights.PanelColumns;
        int channels = Math.Min(ProductWeights.PanelColumns, result.Channels - channel);
        float* reference = result.Row(position) + channel;
        _norm!.Begin(image, chunk, channel, channels, reference);
        for (int i = 0; i < height; i++)
        {
            float* first = result.Row(position + ((long)i * _shape.OutWidth)) + channel;
            _norm.Add(image, chunk, channel, channels, reference, first, result.RowStride, count, scratch);
        }
    }
}
