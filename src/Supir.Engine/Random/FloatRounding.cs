namespace Supir.Engine.Random;

/// <summary>Rounds numbers to what a narrower type can hold.</summary>
internal static class FloatRounding
{
    private const int DroppedBits = 16;

    /// <summary>How many bits a type's significand has, the hidden one included.</summary>
    /// <exception cref="ArgumentException">The type is not a floating-point type that torch draws random numbers in.</exception>
    public static int Digits(DType type) => type switch
    {
        DType.Float32 => 24,
        DType.Float16 => 11,
        DType.BFloat16 => 8,
        _ => throw new ArgumentException($"Normal numbers are drawn in Float32, Float16 or BFloat16, not in {type}.", nameof(type)),
    };

    /// <summary>The nearest number of that type (ties to even), as a float.</summary>
    public static float Round(float value, DType type) => type switch
    {
        DType.Float16 => (float)(Half)value,
        DType.BFloat16 => RoundToBFloat16(value),
        _ => value,
    };

    // Finite numbers only: noise is never NaN, and its largest values are far from the end of the range.
    private static float RoundToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint half = (1u << (DroppedBits - 1)) - 1;
        uint lastKeptBit = (bits >> DroppedBits) & 1;
        return BitConverter.UInt32BitsToSingle((bits + half + lastKeptBit) >> DroppedBits << DroppedBits);
    }
}
