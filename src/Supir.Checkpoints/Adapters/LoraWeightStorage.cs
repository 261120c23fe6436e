using System.Buffers;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Adapters;

/// <summary>A weight with what LoRA modules add to it, computed while somebody reads it.</summary>
internal sealed unsafe class LoraWeightStorage : ComputedWeightStorage
{
    /// <summary>Elements that one core takes at a time.</summary>
    private const long BatchElements = 1 << 16;

    private readonly Weight _weight;
    private readonly DType _type;
    private readonly IReadOnlyList<LoraDelta> _deltas;
    private readonly long _columns;

    /// <summary>A weight in single or half precision, and what is added to it.</summary>
    public LoraWeightStorage(Weight weight, DType type, IReadOnlyList<LoraDelta> deltas)
        : base(weight.Name, weight.Shape.ElementCount * type.SizeInBytes)
    {
        _weight = weight;
        _type = type;
        _deltas = deltas;
        _columns = weight.Shape.ElementCount / weight.Shape[0];
    }

    /// <inheritdoc/>
    protected override void Compute(nint destination)
    {
        float[][] ups = [.. _deltas.Select(delta => delta.ReadUp())];
        float[][] downs = [.. _deltas.Select(delta => delta.ReadDown())];
        float[] scales = _weight.Scales.ToArray();
        long rows = _weight.Shape[0];
        long rowsPerBatch = Math.Max(1, BatchElements / _columns);
        nint source = _weight.Pin();
        try
        {
            Parallel.For(0L, (rows + rowsPerBatch - 1) / rowsPerBatch, batch =>
            {
                float[] buffer = ArrayPool<float>.Shared.Rent((int)_columns);
                Span<float> row = buffer.AsSpan(0, (int)_columns);
                for (long index = batch * rowsPerBatch; index < Math.Min(rows, (batch + 1) * rowsPerBatch); index++)
                {
                    ComputeRow(index, (byte*)source, (byte*)destination, row, ups, downs, scales);
                }

                ArrayPool<float>.Shared.Return(buffer);
            });
        }
        finally
        {
            _weight.Unpin();
        }
    }

    private void ComputeRow(long index, byte* source, byte* destination, Span<float> row, float[][] ups, float[][] downs, float[] scales)
    {
        long first = index * _columns;
        NumberFormats.Widen(_weight.Type, source + (first * _weight.Type.SizeInBytes), row, scales.Length == 0 ? 1 : scales[index]);
        for (int i = 0; i < _deltas.Count; i++)
        {
            LoraTarget target = _deltas[i].Target;
            long inTarget = index - target.FirstRow;
            if (inTarget >= 0 && inTarget < target.RowCount)
            {
                LoraDelta.AddRow(ups[i].AsSpan((int)inTarget * _deltas[i].Rank, _deltas[i].Rank), downs[i], row);
            }
        }

        byte* place = destination + (first * _type.SizeInBytes);
        if (_type == DType.Float32)
        {
            row.CopyTo(new Span<float>(place, row.Length));
        }
        else
        {
            NumberFormats.NarrowToHalves(row, place);
        }
    }
}
