using static System.MathF;

namespace Supir.Engine.Random;

/// <summary>Logarithm, sine and cosine in single precision by the polynomials of the Cephes library.</summary>
/// <remarks>torch's CPU generator computes with these, and its compiler contracts a product and the sum it goes into to one fused
/// operation; the same steps in the same order give the same bits, which a better logarithm would not.
/// Source: Moshier, Cephes Math Library 2.2, <c>logf.c</c> and <c>sinf.c</c>; the contraction follows from the compiled torch.</remarks>
internal static class CephesFunctions
{
    private const int MantissaBits = 23;
    private const int ExponentOfHalf = 126;
    private const uint MantissaMask = 0x007fffff;
    private const uint BitsOfHalf = 0x3f000000;
    private const uint SignBit = 0x80000000;
    private const float SquareRootOfHalf = 0.707106781186547524f;

    // ln 2 in two parts, the first with so few bits that its product with an exponent is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // π/4 in three parts, for the same reason.
    private const float QuarterPiHigh = 0.78515625f;
    private const float QuarterPiMiddle = 2.4187564849853515625e-4f;
    private const float QuarterPiLow = 3.77489497744594108e-8f;
    private const float FourOverPi = 1.27323954473516f;

    /// <summary>The natural logarithm of a normal positive number.</summary>
    public static float Log(float value)
    {
        // value = m · 2^e with m in [√½, √2); the polynomial is for x = m − 1.
        uint bits = BitConverter.SingleToUInt32Bits(value);
        float exponent = (int)(bits >> MantissaBits) - ExponentOfHalf;
        float mantissa = BitConverter.UInt32BitsToSingle((bits & MantissaMask) | BitsOfHalf);
        float x = mantissa - 1f;
        if (mantissa < SquareRootOfHalf)
        {
            exponent -= 1f;
            x += mantissa;
        }

        float square = x * x;
        float y = 7.0376836292e-2f;
        y = FusedMultiplyAdd(y, x, -1.1514610310e-1f);
        y = FusedMultiplyAdd(y, x, 1.1676998740e-1f);
        y = FusedMultiplyAdd(y, x, -1.2420140846e-1f);
        y = FusedMultiplyAdd(y, x, 1.4249322787e-1f);
        y = FusedMultiplyAdd(y, x, -1.6668057665e-1f);
        y = FusedMultiplyAdd(y, x, 2.0000714765e-1f);
        y = FusedMultiplyAdd(y, x, -2.4999993993e-1f);
        y = FusedMultiplyAdd(y, x, 3.3333331174e-1f);
        y *= x;
        y = FusedMultiplyAdd(y, square, exponent * Ln2Low);
        y = FusedMultiplyAdd(square, -0.5f, y);
        return FusedMultiplyAdd(exponent, Ln2High, x + y);
    }

    /// <summary>Sine and cosine of an angle in [0, 2π].</summary>
    public static (float Sine, float Cosine) SinCos(float angle)
    {
        // The octant, rounded up to an even number: what is left of the angle lies in [−π/4, π/4].
        int octant = ((int)(angle * FourOverPi) + 1) & ~1;
        float x = FusedMultiplyAdd(octant, -QuarterPiHigh, angle);
        x = FusedMultiplyAdd(octant, -QuarterPiMiddle, x);
        x = FusedMultiplyAdd(octant, -QuarterPiLow, x);

        float square = x * x;
        float cosine = FusedMultiplyAdd(2.443315711809948e-5f, square, -1.388731625493765e-3f);
        cosine = FusedMultiplyAdd(cosine, square, 4.166664568298827e-2f) * square;
        cosine = FusedMultiplyAdd(cosine, square, -(square * 0.5f)) + 1f;

        float sine = FusedMultiplyAdd(-1.9515295891e-4f, square, 8.3321608736e-3f);
        sine = FusedMultiplyAdd(sine, square, -1.6666654611e-1f) * square;
        sine = FusedMultiplyAdd(sine, x, x);

        bool swapped = (octant & 2) != 0;
        bool sineNegative = (octant & 4) != 0;
        bool cosineNegative = ((octant - 2) & 4) == 0;
        return (
            WithSign(swapped ? cosine : sine, sineNegative),
            WithSign(swapped ? sine : cosine, cosineNegative));
    }

    private static float WithSign(float value, bool negated) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) ^ (negated ? SignBit : 0));
}
