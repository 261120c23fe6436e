namespace Supir.Engine.Weights;

/// <summary>Widening of stored numbers to single precision, element by element: the definition that faster packers are held to.</summary>
internal static class WeightConversion
{
    /// <summary>Widens <paramref name="destination"/>.Length elements; an Int8 element becomes its integer, unscaled.</summary>
    public static unsafe void Widen(DType type, byte* source, Span<float> destination)
    {
        switch (type)
        {
            case DType.Float32:
                new ReadOnlySpan<float>(source, destination.Length).CopyTo(destination);
                break;
            case DType.Float16:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)((Half*)source)[i];
                }

                break;
            case DType.BFloat16:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)((ushort*)source)[i] << 16);
                }

                break;
            case DType.Int8:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = ((sbyte*)source)[i];
                }

                break;
            default:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = FromE4M3(source[i]);
                }

                break;
        }
    }

    /// <summary>s · 2^(e−7) · (1 + m/8), or s · 2^−6 · m/8 where e = 0; S.1111.111 is not a number.</summary>
    private static float FromE4M3(byte bits)
    {
        int exponent = (bits >> 3) & 15;
        int mantissa = bits & 7;
        float magnitude = (exponent, mantissa) switch
        {
            (15, 7) => float.NaN,
            (0, _) => mantissa / 512f,
            _ => MathF.ScaleB(1f + (mantissa / 8f), exponent - 7),
        };
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }
}
