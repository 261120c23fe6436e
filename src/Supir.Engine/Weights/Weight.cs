using System.Runtime.InteropServices;

namespace Supir.Engine.Weights;

/// <summary>An immutable tensor of a checkpoint: its name, shape, number format and where its bytes are.</summary>
public sealed class Weight
{
    private readonly WeightStorage _storage;
    private readonly float[]? _scales;

    /// <summary>Describes a weight whose bytes lie, row-major and without gaps, in <paramref name="storage"/>.</summary>
    /// <param name="name">The full name in the checkpoint, for messages.</param>
    /// <param name="shape">The shape in the checkpoint.</param>
    /// <param name="type">The format of the stored elements.</param>
    /// <param name="storage">The bytes.</param>
    /// <param name="scales">For <see cref="DType.Int8"/>: one factor per index of the first axis; otherwise <c>null</c>.</param>
    /// <param name="groupScales">For <see cref="DType.Int4"/>: halves, one for each 64 inputs of an output; otherwise <c>null</c>.</param>
    /// <exception cref="ArgumentException">The scales do not fit the type or the shape, or the shape not the type.</exception>
    public Weight(string name, Shape shape, DType type, WeightStorage storage, float[]? scales = null, WeightStorage? groupScales = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if ((type == DType.Int8) != (scales is not null))
        {
            throw new ArgumentException($"Weight '{name}': scales go with Int8 and with nothing else; the type is {type}.", nameof(scales));
        }

        if (scales is not null && scales.Length != shape[0])
        {
            throw new ArgumentException($"Weight '{name}': {shape} needs {shape[0]} scales but has {scales.Length}.", nameof(scales));
        }

        if ((type == DType.Int4) != (groupScales is not null))
        {
            throw new ArgumentException($"Weight '{name}': scales of groups go with Int4 and with nothing else; the type is {type}.", nameof(groupScales));
        }

        if (type == DType.Int4 && (shape.Rank != 2 || shape[1] % FourBitGroups.Inputs != 0))
        {
            throw new ArgumentException($"Weight '{name}': {shape} is no matrix whose inputs are a multiple of {FourBitGroups.Inputs}, as 4 bits need.", nameof(shape));
        }

        Name = name;
        Shape = shape;
        Type = type;
        _storage = storage;
        _scales = scales;
        GroupScales = groupScales;
    }

    /// <summary>The full name in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The shape in the checkpoint.</summary>
    public Shape Shape { get; }

    /// <summary>The format of the stored elements.</summary>
    public DType Type { get; }

    /// <summary>For <see cref="DType.Int8"/>: the factor of each index of the first axis; otherwise empty.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>For <see cref="DType.Int4"/>: halves, one for each 64 inputs of an output, output after output; otherwise <c>null</c>.</summary>
    public WeightStorage? GroupScales { get; }

    /// <summary>Bytes of the stored elements, scales left out.</summary>
    public long ByteCount => Type.BytesOf(Shape.ElementCount);

    /// <summary>Whether it may stay pinned without taking more memory; see <see cref="WeightStorage.StaysInPlace"/>.</summary>
    public bool StaysInPlace => _storage.StaysInPlace;

    /// <summary>A weight from single-precision numbers that the program has at hand.</summary>
    /// <exception cref="ArgumentException">The count does not fit the shape.</exception>
    public static Weight FromFloats(string name, Shape shape, ReadOnlySpan<float> elements)
    {
        if (elements.Length != shape.ElementCount)
        {
            throw new ArgumentException($"Weight '{name}': {shape} needs {shape.ElementCount} elements but has {elements.Length}.", nameof(elements));
        }

        return new Weight(name, shape, DType.Float32, new ArrayWeightStorage(MemoryMarshal.AsBytes(elements)));
    }

    /// <summary>A weight from half-precision numbers that the program has at hand.</summary>
    /// <exception cref="ArgumentException">The count does not fit the shape.</exception>
    public static Weight FromHalves(string name, Shape shape, ReadOnlySpan<Half> elements)
    {
        if (elements.Length != shape.ElementCount)
        {
            throw new ArgumentException($"Weight '{name}': {shape} needs {shape.ElementCount} elements but has {elements.Length}.", nameof(elements));
        }

        return new Weight(name, shape, DType.Float16, new ArrayWeightStorage(MemoryMarshal.AsBytes(elements)));
    }

    /// <summary>The address of the stored elements, which holds until <see cref="Unpin"/>.</summary>
    public nint Pin() => _storage.Pin();

    /// <summary>Ends one <see cref="Pin"/>.</summary>
    public void Unpin() => _storage.Unpin();

    /// <summary>Widens one index of the first axis: a row of a table.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or the destination is not as long as one.</exception>
    public void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Shape[0]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Shape.ElementCount / Shape[0]);
        Widen((long)row * destination.Length, destination);
        for (int i = 0; _scales is not null && i < destination.Length; i++)
        {
            destination[i] *= _scales[row];
        }
    }

    /// <summary>All elements, widened to single precision, in row-major order.</summary>
    /// <remarks>For small weights (norms, biases, tables) and tests; the backend packs large ones block by block.</remarks>
    public float[] ToFloats()
    {
        float[] result = new float[checked((int)Shape.ElementCount)];
        Widen(0, result);
        if (_scales is not null)
        {
            int perScale = result.Length / Math.Max(1, _scales.Length);
            for (int i = 0; i < result.Length; i++)
            {
                result[i] *= _scales[i / perScale];
            }
        }

        return result;
    }

    /// <summary>Widens whole rows from an element on; an Int8 element becomes its integer, unscaled.</summary>
    private unsafe void Widen(long first, Span<float> destination)
    {
        byte* elements = (byte*)Pin() + Type.BytesOf(first);
        try
        {
            if (GroupScales is null)
            {
                WeightConversion.Widen(Type, elements, destination);
                return;
            }

            Half* scales = (Half*)GroupScales.Pin() + (first / FourBitGroups.Inputs);
            for (int i = 0; i < destination.Length; i += FourBitGroups.Inputs)
            {
                ReadOnlySpan<byte> numbers = new(elements + (i / 2), FourBitGroups.Bytes);
                FourBitGroups.Widen(numbers, (float)scales[i / FourBitGroups.Inputs], destination.Slice(i, FourBitGroups.Inputs));
            }

            GroupScales.Unpin();
        }
        finally
        {
            Unpin();
        }
    }
}
