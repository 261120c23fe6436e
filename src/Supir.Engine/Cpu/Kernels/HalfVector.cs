using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    public static Vector256<float> Widen8(ushort* source)
    {
        Vector256<int> bits = Vector256.Create(Vector128.WidenLower(Vector128.Load((short*)source)), Vector128.WidenUpper(Vector128.Load((short*)source)));
        return ((bits << MantissaShift) & Vector256.Create(SignAndMagnitude)).AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle(RescaleBits));
    }

    /// <summary>Sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen16(ushort* source)
    {
        Vector512<int> bits = System.Runtime.Intrinsics.X86.Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        return ((bits << MantissaShift) & Vector512.Create(SignAndMagnitude)).AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(RescaleBits));
    }
}
