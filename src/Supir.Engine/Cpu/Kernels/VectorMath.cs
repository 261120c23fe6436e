using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>Elementary functions over eight lanes, each beside its scalar form, which does the same operations in the same order.</summary>
/// <remarks>256 bits on every machine with vectors: element-wise work is bound by memory, and processors that split
/// 512-bit operations lose nothing.</remarks>
internal static class VectorMath
{
    /// <summary>2^x is exact below this and a float is 0 or subnormal from here on.</summary>
    private const float MinExponent = -126f;

    private const float MaxExponent = 127.99999f;

    // 2^f on [-1/2, 1/2]: the Taylor coefficients ln(2)^n / n!; the remainder is at most 2^-23.
    private const float C1 = 0.693147182f;
    private const float C2 = 0.240226507f;
    private const float C3 = 0.0555041087f;
    private const float C4 = 0.00961812911f;
    private const float C5 = 0.00133335581f;
    private const float C6 = 0.000154035304f;

    private const float Log2E = 1.44269504f;

    /// <summary>2^x for x in the range of normal numbers; 0 below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp2(Vector256<float> x)
    {
        Vector256<float> clamped = Vector256.Min(Vector256.Max(x, Vector256.Create(MinExponent)), Vector256.Create(MaxExponent));
        Vector256<float> whole = Vector256.Round(clamped);
        Vector256<float> f = clamped - whole;
        Vector256<float> p = Vector256.Create(C6);
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(C5));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(C4));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(C3));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(C2));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256.Create(C1));
        p = Vector256.FusedMultiplyAdd(p, f, Vector256<float>.One);
        Vector256<int> bits = p.AsInt32() + (Vector256.ConvertToInt32Native(whole) << 23);
        Vector256<float> result = bits.AsSingle();
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(MinExponent)), Vector256<float>.Zero, result);
    }

    /// <summary>The scalar form of <see cref="Exp2(Vector256{float})"/>.</summary>
    public static float Exp2(float x)
    {
        if (x < MinExponent)
        {
            return 0f;
        }

        float clamped = MathF.Min(x, MaxExponent);
        float whole = MathF.Round(clamped);
        float f = clamped - whole;
        float p = C6;
        p = MathF.FusedMultiplyAdd(p, f, C5);
        p = MathF.FusedMultiplyAdd(p, f, C4);
        p = MathF.FusedMultiplyAdd(p, f, C3);
        p = MathF.FusedMultiplyAdd(p, f, C2);
        p = MathF.FusedMultiplyAdd(p, f, C1);
        p = MathF.FusedMultiplyAdd(p, f, 1f);
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p) + ((int)whole << 23));
    }

    /// <summary>x · sigmoid(s · x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Swish(Vector256<float> x, float slope) =>
        x / (Vector256<float>.One + Exp2(x * Vector256.Create(-slope * Log2E)));

    /// <summary>The scalar form of <see cref="Swish(Vector256{float}, float)"/>.</summary>
    public static float Swish(float x, float slope) => x / (1f + Exp2(x * (-slope * Log2E)));

    /// <summary>x/2 · (1 + erf(x/√2)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Gelu(Vector256<float> x) =>
        Vector256.Create(0.5f) * x * (Vector256<float>.One + Erf(x * Vector256.Create(InverseRoot2)));

    /// <summary>The scalar form of <see cref="Gelu(Vector256{float})"/>.</summary>
    public static float Gelu(float x) => 0.5f * x * (1f + Erf(x * InverseRoot2));

    private const float InverseRoot2 = 0.707106781f;

    // erf as an odd rational function on [-4, 4], good to a few units in the last place.
    // Coefficients: Eigen, generic_fast_erf_float in unsupported/SpecialFunctions (a fitted minimax approximation).
    private const float ErfRange = 4f;
    private const float A1 = -1.60960333262415e-02f;
    private const float A3 = -2.95459980854025e-03f;
    private const float A5 = -7.34990630326855e-04f;
    private const float A7 = -5.69250639462346e-05f;
    private const float A9 = -2.10102402082508e-06f;
    private const float A11 = 2.77068142495902e-08f;
    private const float A13 = -2.72614225801306e-10f;
    private const float B0 = -1.42647390514189e-02f;
    private const float B2 = -7.37332916720468e-03f;
    private const float B4 = -1.68282697438203e-03f;
    private const float B6 = -2.13374055278905e-04f;
    private const float B8 = -1.45660718464996e-05f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Erf(Vector256<float> value)
    {
        Vector256<float> x = Vector256.Min(Vector256.Max(value, Vector256.Create(-ErfRange)), Vector256.Create(ErfRange));
        Vector256<float> s = x * x;
        Vector256<float> p = Vector256.Create(A13);
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A11));
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A9));
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A7));
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A5));
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A3));
        p = Vector256.FusedMultiplyAdd(p, s, Vector256.Create(A1));
        Vector256<float> q = Vector256.Create(B8);
        q = Vector256.FusedMultiplyAdd(q, s, Vector256.Create(B6));
        q = Vector256.FusedMultiplyAdd(q, s, Vector256.Create(B4));
        q = Vector256.FusedMultiplyAdd(q, s, Vector256.Create(B2));
        q = Vector256.FusedMultiplyAdd(q, s, Vector256.Create(B0));
        return x * p / q;
    }

    private static float Erf(float value)
    {
        float x = Math.Clamp(value, -ErfRange, ErfRange);
        float s = x * x;
        float p = MathF.FusedMultiplyAdd(A13, s, A11);
        p = MathF.FusedMultiplyAdd(p, s, A9);
        p = MathF.FusedMultiplyAdd(p, s, A7);
        p = MathF.FusedMultiplyAdd(p, s, A5);
        p = MathF.FusedMultiplyAdd(p, s, A3);
        p = MathF.FusedMultiplyAdd(p, s, A1);
        float q = MathF.FusedMultiplyAdd(B8, s, B6);
        q = MathF.FusedMultiplyAdd(q, s, B4);
        q = MathF.FusedMultiplyAdd(q, s, B2);
        q = MathF.FusedMultiplyAdd(q, s, B0);
        return x * p / q;
    }
}
