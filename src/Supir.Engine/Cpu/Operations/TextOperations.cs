using Supir.Engine.Cpu.Memory;
using Supir.Engine.Weights;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Cosines, then sines, of a number at falling frequencies.</summary>
internal sealed unsafe class TimestepEmbeddingOperation(MatrixView timesteps, MatrixView result, int batch, int count)
    : RowOperation("timestep embedding", batch, result.Channels)
{
    /// <summary>The longest wavelength over 2π; from "Attention is all you need".</summary>
    private const double MaxPeriod = 10000;

    /// <inheritdoc/>
    protected override void RunRow(int row)
    {
        int channels = result.Channels / count;
        int half = channels / 2;
        for (int i = 0; i < count; i++)
        {
            float t = *timesteps.Row(((long)row * count) + i);
            float* y = result.Row(row) + (i * channels);
            for (int c = 0; c < half; c++)
            {
                // Rounded as torch rounds: the frequency and the angle in single precision.
                float frequency = MathF.Exp((float)-Math.Log(MaxPeriod) * c / half);
                float angle = t * frequency;
                y[c] = MathF.Cos(angle);
                y[half + c] = MathF.Sin(angle);
            }
        }
    }
}

/// <summary>Rows of a table by id, plus a row for each place. The table stays where its checkpoint has it.</summary>
internal sealed unsafe class GatherOperation : RowOperation
{
    private readonly MatrixView _ids;
    private readonly Weight _table;
    private readonly float[] _positions;
    private readonly MatrixView _result;
    private readonly int _length;
    private readonly nint _address;

    /// <summary>Describes the look-up; the table stays pinned until <see cref="Dispose"/>.</summary>
    public GatherOperation(MatrixView ids, Weight table, float[] positions, MatrixView result, int rows, int length)
        : base("gather", rows, result.Channels)
    {
        _ids = ids;
        _table = table;
        _positions = positions;
        _result = result;
        _length = length;
        _address = table.Pin();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _table.Unpin();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void RunRow(int row)
    {
        int channels = _result.Channels;
        int id = (int)*_ids.Row(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)_table.Shape[0]);
        Span<float> y = new(_result.Row(row), channels);
        WeightConversion.Widen(_table.Type, (byte*)_address + ((long)id * channels * _table.Type.SizeInBytes), y);
        float scale = _table.Type == DType.Int8 ? _table.Scales[id] : 1f;
        ReadOnlySpan<float> place = _positions.AsSpan(row % _length * channels, channels);
        for (int c = 0; c < channels; c++)
        {
            y[c] = (y[c] * scale) + place[c];
        }
    }
}

/// <summary>One row of each image, by index.</summary>
internal sealed unsafe class SelectRowOperation(MatrixView source, MatrixView index, MatrixView result, int batch, int length)
    : RowOperation("select row", batch, result.Channels)
{
    /// <inheritdoc/>
    protected override void RunRow(int row)
    {
        int position = (int)*index.Row(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)length);
        new ReadOnlySpan<float>(source.Row(((long)row * length) + position), result.Channels).CopyTo(new Span<float>(result.Row(row), result.Channels));
    }
}
