using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>Half-precision numbers as vectors of singles. Infinities and NaN do not survive.</summary>
/// <remarks>Extended with its sign to 32 bits and moved 13 places up, a half has sign and mantissa where a single has them; what the sign
/// left between is masked away, and the exponent is too small by the difference of the biases, which a product with 2^112 sets right,
/// subnormal halves included.</remarks>
internal static unsafe class HalfVector
{
    private const int MantissaShift = 13;
    private const int SignAndMagnitude = unchecked((int)0x8FFFE000);
    private const uint RescaleBits = (112u + 127u) << 23;

    /// <summary>Eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen8(ushort* source) => Widen(Vector128.Load((short*)source));

    /// <summary>Sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen16(ushort* source) => Widen(Vector256.Load((short*)source));

    /// <summary>Eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen(Vector128<short> halves)
    {
        Vector256<int> bits = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(halves)
            : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        return Rescale(bits << MantissaShift);
    }

    /// <summary>Sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen(Vector256<short> halves) => Rescale(Avx512F.ConvertToVector512Int32(halves) << MantissaShift);

    /// <summary>The numbers in the upper halves of eight words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> WidenUpper(Vector256<int> words) => Rescale(words >> (16 - MantissaShift));

    /// <summary>The numbers in the upper halves of sixteen words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> WidenUpper(Vector512<int> words) => Rescale(words >> (16 - MantissaShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rescale(Vector256<int> bits) =>
        (bits & Vector256.Create(SignAndMagnitude)).AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle(RescaleBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Rescale(Vector512<int> bits) =>
        (bits & Vector512.Create(SignAndMagnitude)).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(RescaleBits));
}
