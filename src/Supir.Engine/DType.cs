namespace Supir.Engine;

/// <summary>The number format of stored weights and of values.</summary>
public enum DType
{
    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32,

    /// <summary>IEEE 754 half precision, 2 bytes.</summary>
    Float16,

    /// <summary>bfloat16: the upper half of a single, 2 bytes.</summary>
    BFloat16,

    /// <summary>Signed 8-bit integer; stands for a real number together with a scale per output channel.</summary>
    Int8,

    /// <summary>8-bit float with 4 exponent and 3 mantissa bits, no infinities (OCP E4M3FN).</summary>
    Float8E4M3,

    /// <summary>4 bits, two to a byte; a matrix of them stands for real numbers as <see cref="Weights.FourBitGroups"/> says.</summary>
    Int4,
}

/// <summary>Facts about the number formats.</summary>
public static class DTypeFacts
{
    extension(DType type)
    {
        /// <summary>Bytes that one element takes.</summary>
        /// <exception cref="InvalidOperationException">It takes less than one: <see cref="BytesOf"/> knows how many elements take.</exception>
        public int SizeInBytes => type switch
        {
            DType.Float32 => 4,
            DType.Float16 or DType.BFloat16 => 2,
            DType.Int4 => throw new InvalidOperationException("An element of 4 bits is no whole byte."),
            _ => 1,
        };

        /// <summary>Bytes that so many elements take, scales left out.</summary>
        public long BytesOf(long elements) => type == DType.Int4 ? elements / 2 : checked(elements * type.SizeInBytes);
    }
}
