using System.Numerics;
using System.Runtime.CompilerServices;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Conversion;

/// <summary>Sums that tell how much a weight lost.</summary>
/// <param name="ErrorSquares">Σ (after − before)².</param>
/// <param name="ValueSquares">Σ before².</param>
/// <param name="Largest">max |before|.</param>
internal readonly record struct EncodingError(double ErrorSquares, double ValueSquares, float Largest)
{
    /// <summary>‖after − before‖ / ‖before‖.</summary>
    public double Relative => ErrorSquares == 0 ? 0 : Math.Sqrt(ErrorSquares / ValueSquares);

    /// <summary>Of two parts together.</summary>
    public EncodingError With(EncodingError other) =>
        new(ErrorSquares + other.ErrorSquares, ValueSquares + other.ValueSquares, MathF.Max(Largest, other.Largest));
}

/// <summary>Rounds the elements of one weight to a number format, on all cores, and measures what that loses.</summary>
internal sealed unsafe class WeightEncoder
{
    /// <summary>Elements that one core takes at a time.</summary>
    private const long BatchElements = 1 << 17;

    /// <summary>Elements that are widened at a time: 16 KiB, half of a core's first cache.</summary>
    private const int PieceElements = 4096;

    /// <summary>Its inverse, too, is a normal single.</summary>
    private const float SmallestScale = 1e-37f;

    private readonly byte* _source;
    private readonly byte* _destination;
    private readonly DType _sourceType;
    private readonly DType _type;
    private readonly float[]? _sourceScales;
    private readonly float[]? _scales;
    private readonly Half* _groupScales;
    private readonly long _rowLength;

    private WeightEncoder(Weight weight, DType type, byte* source, byte* destination, long rows, float[]? scales, Half* groupScales)
    {
        _source = source;
        _destination = destination;
        _sourceType = weight.Type;
        _type = type;
        _sourceScales = weight.Type == DType.Int8 ? weight.Scales.ToArray() : null;
        _scales = scales;
        _groupScales = groupScales;
        _rowLength = rows == 0 ? 0 : weight.Shape.ElementCount / rows;
    }

    /// <summary>Writes all elements in a number format.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="source">Where it is pinned.</param>
    /// <param name="type">The format.</param>
    /// <param name="destination">Room for all elements in that format.</param>
    /// <param name="scales">For Int8: takes up the factor of each index of the first axis; otherwise <c>null</c>.</param>
    /// <param name="groupScales">For Int4: where the factors of the groups go, as halves.</param>
    public static EncodingError Encode(Weight weight, nint source, DType type, nint destination, float[]? scales = null, nint groupScales = 0)
    {
        // Whatever has scales goes by the indices of the first axis; other vectors are one row.
        long rows = scales is not null || weight.Type == DType.Int8 || weight.Shape.Rank >= 2 ? weight.Shape[0] : 1;
        WeightEncoder encoder = new(weight, type, (byte*)source, (byte*)destination, rows, scales, (Half*)groupScales);
        long rowsPerBatch = Math.Max(1, BatchElements / Math.Max(1, encoder._rowLength));
        EncodingError[] errors = new EncodingError[(rows + rowsPerBatch - 1) / rowsPerBatch];
        Parallel.For(0, errors.Length, batch =>
        {
            EncodingError error = default;
            for (long row = batch * rowsPerBatch; row < Math.Min(rows, (batch + 1) * rowsPerBatch); row++)
            {
                error = error.With(encoder.EncodeRow(row));
            }

            errors[batch] = error;
        });

        // Summed in order: the same weights give the same digits whatever the number of cores.
        return errors.Aggregate(default(EncodingError), (sum, error) => sum.With(error));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private EncodingError EncodeRow(long row)
    {
        Span<float> buffer = stackalloc float[PieceElements];
        Span<float> rounded = stackalloc float[PieceElements];
        float scale = 0;
        if (_scales is not null)
        {
            // Integers go from −127 to 127. A row of zeros has any scale but zero, which would make 0 / 0.
            scale = MathF.Max(LargestOf(row, buffer) / sbyte.MaxValue, SmallestScale);
            _scales[row] = scale;
        }

        EncodingError error = default;
        for (long first = 0; first < _rowLength; first += PieceElements)
        {
            Span<float> piece = buffer[..(int)Math.Min(PieceElements, _rowLength - first)];
            Span<float> after = rounded[..piece.Length];
            long index = (row * _rowLength) + first;
            WidenPiece(row, index, piece);
            byte* place = _destination + _type.BytesOf(index);
            switch (_type)
            {
                case DType.Float32:
                    piece.CopyTo(new Span<float>(place, piece.Length));
                    break;
                case DType.Float16:
                    NumberFormats.NarrowToHalves(piece, place);
                    break;
                case DType.Int8:
                    NumberFormats.NarrowToInt8(piece, 1 / scale, place);
                    break;
                case DType.Int4:
                    NarrowToFourBits(piece, place, _groupScales + (index / FourBitGroups.Inputs), after);
                    error = error.With(Difference(piece, after));
                    continue;
                default:
                    NumberFormats.NarrowToE4M3(piece, place);
                    break;
            }

            NumberFormats.Widen(_type, place, after, scale);
            error = error.With(Difference(piece, after));
        }

        return error;
    }

    /// <summary>Rounds whole groups, and says what became of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NarrowToFourBits(ReadOnlySpan<float> piece, byte* numbers, Half* scales, Span<float> after)
    {
        for (int i = 0; i < piece.Length; i += FourBitGroups.Inputs)
        {
            Span<byte> group = new(numbers + (i / 2), FourBitGroups.Bytes);
            Half scale = FourBitGroups.Round(piece.Slice(i, FourBitGroups.Inputs), group);
            scales[i / FourBitGroups.Inputs] = scale;
            FourBitGroups.Widen(group, (float)scale, after.Slice(i, FourBitGroups.Inputs));
        }
    }

    private float LargestOf(long row, Span<float> buffer)
    {
        float largest = 0;
        for (long first = 0; first < _rowLength; first += PieceElements)
        {
            Span<float> piece = buffer[..(int)Math.Min(PieceElements, _rowLength - first)];
            WidenPiece(row, (row * _rowLength) + first, piece);
            largest = MathF.Max(largest, Largest(piece));
        }

        return largest;
    }

    private void WidenPiece(long row, long index, Span<float> piece) =>
        NumberFormats.Widen(_sourceType, _source + (index * _sourceType.SizeInBytes), piece, _sourceScales is null ? 1 : _sourceScales[row]);

    private static float Largest(ReadOnlySpan<float> values)
    {
        Vector<float> largest = Vector<float>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            largest = Vector.Max(largest, Vector.Abs(new Vector<float>(values[i..])));
        }

        float result = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            result = MathF.Max(result, largest[lane]);
        }

        for (; i < values.Length; i++)
        {
            result = MathF.Max(result, MathF.Abs(values[i]));
        }

        return result;
    }

    /// <summary>The sums of a piece: lanes in single precision, at most 4,096 elements long, then in double.</summary>
    private static EncodingError Difference(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        Vector<float> errorLanes = Vector<float>.Zero;
        Vector<float> valueLanes = Vector<float>.Zero;
        int i = 0;
        for (; i <= before.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = new(before[i..]);
            Vector<float> difference = new Vector<float>(after[i..]) - value;
            errorLanes += difference * difference;
            valueLanes += value * value;
        }

        double errors = 0;
        double values = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            errors += errorLanes[lane];
            values += valueLanes[lane];
        }

        for (; i < before.Length; i++)
        {
            double difference = after[i] - before[i];
            errors += difference * difference;
            values += (double)before[i] * before[i];
        }

        return new EncodingError(errors, values, Largest(before));
    }
}
