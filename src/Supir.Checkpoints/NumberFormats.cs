using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>Conversion between single precision and the formats of stored weights, several lanes at a time.</summary>
internal static unsafe class NumberFormats
{
    /// <summary>The largest half.</summary>
    public const float LargestHalf = 65504f;

    /// <summary>The largest number in 8 bits with 4 of exponent (OCP E4M3FN).</summary>
    public const float LargestE4M3 = 448f;

    /// <summary>Rounds singles of at most 65,504 in magnitude to the nearest half, ties to even, and returns its bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> RoundToHalf(Vector<float> x)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(x);
        Vector<uint> sign = bits & new Vector<uint>(0x8000_0000);
        Vector<uint> magnitude = bits ^ sign;

        // Normal halves: exponents are biased by 15 instead of 127, 13 bits of the mantissa go; a carry out of it is right as it is.
        Vector<uint> odd = (magnitude >>> 13) & Vector<uint>.One;
        Vector<uint> normal = (magnitude - new Vector<uint>(112u << 23) + new Vector<uint>(0xfff) + odd) >>> 13;

        // Halves below 2⁻¹⁴ are multiples of 2⁻²⁴, and so are the singles from ½ to 1: adding ½ rounds to one.
        Vector<float> half = new(0.5f);
        Vector<uint> subnormal = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + half) - Vector.AsVectorUInt32(half);

        Vector<uint> isSubnormal = Vector.LessThan(magnitude, new Vector<uint>((127u - 14u) << 23));
        return Vector.ConditionalSelect(isSubnormal, subnormal, normal) | (sign >>> 16);
    }

    /// <summary>Rounds singles of at most 448 in magnitude to the nearest E4M3, ties to even, and returns its bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<uint> RoundToE4M3(Vector<float> x)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(x);
        Vector<uint> sign = bits & new Vector<uint>(0x8000_0000);
        Vector<uint> magnitude = bits ^ sign;

        // As for halves: exponents biased by 7, 20 bits of the mantissa go.
        Vector<uint> odd = (magnitude >>> 20) & Vector<uint>.One;
        Vector<uint> normal = (magnitude - new Vector<uint>(120u << 23) + new Vector<uint>(0x7ffff) + odd) >>> 20;

        // Numbers below 2⁻⁶ are multiples of 2⁻⁹, and so are the singles from 2¹⁴ to 2¹⁵.
        Vector<float> large = new(16384f);
        Vector<uint> subnormal = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) + large) - Vector.AsVectorUInt32(large);

        Vector<uint> isSubnormal = Vector.LessThan(magnitude, new Vector<uint>((127u - 6u) << 23));
        return Vector.ConditionalSelect(isSubnormal, subnormal, normal) | (sign >>> 24);
    }

    /// <summary>The singles that halves stand for, infinities and what is no number included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> WidenHalf(Vector<uint> bits)
    {
        // 2¹¹² makes up for the difference of the biases, of subnormal halves too.
        Vector<uint> magnitude = (bits & new Vector<uint>(0x7fff)) << 13;
        Vector<uint> value = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * 5.192296858534828e33f);
        Vector<uint> isSpecial = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7c00u << 13));
        return Vector.AsVectorSingle(value | (isSpecial & new Vector<uint>(0x7f80_0000)) | ((bits & new Vector<uint>(0x8000)) << 16));
    }

    /// <summary>The singles that E4M3 numbers stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> WidenE4M3(Vector<uint> bits)
    {
        Vector<uint> magnitude = (bits & new Vector<uint>(0x7f)) << 20;
        Vector<uint> value = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude) * 1.329227995784916e36f);
        Vector<uint> isNoNumber = Vector.Equals(magnitude, new Vector<uint>(0x7fu << 20));
        return Vector.AsVectorSingle(value | (isNoNumber & new Vector<uint>(0x7fc0_0000)) | ((bits & new Vector<uint>(0x80)) << 24));
    }

    /// <summary>Widens stored numbers to singles; an Int8 number becomes its integer times <paramref name="scale"/>.</summary>
    public static void Widen(DType type, byte* source, Span<float> destination, float scale)
    {
        int lanes = Vector<float>.Count;
        int i = 0;
        switch (type)
        {
            case DType.Float32:
                new ReadOnlySpan<byte>(source, destination.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination));
                return;
            case DType.Float16 or DType.BFloat16:
                for (; i <= destination.Length - (2 * lanes); i += 2 * lanes)
                {
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<ushort>>(source + (2 * i)), out Vector<uint> low, out Vector<uint> high);
                    WidenTwoBytes(type, low).CopyTo(destination[i..]);
                    WidenTwoBytes(type, high).CopyTo(destination[(i + lanes)..]);
                }

                for (; i < destination.Length; i++)
                {
                    ushort bits = Unsafe.ReadUnaligned<ushort>(source + (2 * i));
                    destination[i] = WidenTwoBytes(type, new Vector<uint>(bits))[0];
                }

                return;
            default:
                for (; i <= destination.Length - (4 * lanes); i += 4 * lanes)
                {
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(source + i), out Vector<ushort> low, out Vector<ushort> high);
                    Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
                    Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
                    WidenByte(type, first, scale).CopyTo(destination[i..]);
                    WidenByte(type, second, scale).CopyTo(destination[(i + lanes)..]);
                    WidenByte(type, third, scale).CopyTo(destination[(i + (2 * lanes))..]);
                    WidenByte(type, fourth, scale).CopyTo(destination[(i + (3 * lanes))..]);
                }

                for (; i < destination.Length; i++)
                {
                    destination[i] = WidenByte(type, new Vector<uint>(source[i]), scale)[0];
                }

                return;
        }
    }

    /// <summary>Rounds singles to halves; numbers that no half can hold become the largest.</summary>
    public static void NarrowToHalves(ReadOnlySpan<float> source, byte* destination)
    {
        int lanes = Vector<float>.Count;
        int i = 0;
        for (; i <= source.Length - (2 * lanes); i += 2 * lanes)
        {
            Vector<uint> low = RoundToHalf(Clamp(new Vector<float>(source[i..]), LargestHalf));
            Vector<uint> high = RoundToHalf(Clamp(new Vector<float>(source[(i + lanes)..]), LargestHalf));
            Unsafe.WriteUnaligned(destination + (2 * i), Vector.Narrow(low, high));
        }

        for (; i < source.Length; i++)
        {
            Unsafe.WriteUnaligned(destination + (2 * i), (ushort)RoundToHalf(Clamp(new Vector<float>(source[i]), LargestHalf))[0]);
        }
    }

    /// <summary>Rounds singles to E4M3; numbers that it cannot hold become the largest.</summary>
    public static void NarrowToE4M3(ReadOnlySpan<float> source, byte* destination)
    {
        int lanes = Vector<float>.Count;
        int i = 0;
        for (; i <= source.Length - (4 * lanes); i += 4 * lanes)
        {
            Vector<ushort> low = Vector.Narrow(EightBits(source[i..]), EightBits(source[(i + lanes)..]));
            Vector<ushort> high = Vector.Narrow(EightBits(source[(i + (2 * lanes))..]), EightBits(source[(i + (3 * lanes))..]));
            Unsafe.WriteUnaligned(destination + i, Vector.Narrow(low, high));
        }

        for (; i < source.Length; i++)
        {
            destination[i] = (byte)RoundToE4M3(Clamp(new Vector<float>(source[i]), LargestE4M3))[0];
        }
    }

    /// <summary>Rounds singles times <paramref name="factor"/>, at most 127 in magnitude then, to integers, ties to even.</summary>
    public static void NarrowToInt8(ReadOnlySpan<float> source, float factor, byte* destination)
    {
        int lanes = Vector<float>.Count;
        int i = 0;
        for (; i <= source.Length - (4 * lanes); i += 4 * lanes)
        {
            Vector<short> low = Vector.Narrow(Integers(source[i..], factor), Integers(source[(i + lanes)..], factor));
            Vector<short> high = Vector.Narrow(Integers(source[(i + (2 * lanes))..], factor), Integers(source[(i + (3 * lanes))..], factor));
            Unsafe.WriteUnaligned(destination + i, Vector.Narrow(low, high));
        }

        for (; i < source.Length; i++)
        {
            destination[i] = (byte)(sbyte)MathF.Round(source[i] * factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> WidenTwoBytes(DType type, Vector<uint> bits) =>
        type == DType.Float16 ? WidenHalf(bits) : Vector.AsVectorSingle(bits << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> WidenByte(DType type, Vector<uint> bits, float scale) =>
        type == DType.Int8 ? Vector.ConvertToSingle(Vector.AsVectorInt32(bits << 24) >> 24) * scale : WidenE4M3(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Clamp(Vector<float> x, float largest) => Vector.Min(Vector.Max(x, new Vector<float>(-largest)), new Vector<float>(largest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> EightBits(ReadOnlySpan<float> source) => RoundToE4M3(Clamp(new Vector<float>(source), LargestE4M3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Integers(ReadOnlySpan<float> source, float factor)
    {
        // Singles from 2²³ to 2²⁴ are whole numbers: adding 1.5 · 2²³ rounds, and the integer stands in the low bits of the sum.
        Vector<float> sum = (new Vector<float>(source) * factor) + new Vector<float>(12582912f);
        return Vector.AsVectorInt32(sum) - new Vector<int>(0x4b400000);
    }
}
