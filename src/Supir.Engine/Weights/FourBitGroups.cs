namespace Supir.Engine.Weights;

/// <summary>Weights in 4 bits as a file keeps them: w = s · (n − 8), n from 0 to 15, with a half-precision s for each 64 inputs of an output.</summary>
/// <remarks>The first of two inputs has the low bits of a byte. The rule is that by which backends round at load: the weight of largest
/// magnitude becomes −8, then s is fitted by least squares. What was rounded is rounded to the same numbers again: s · n is exact in
/// single precision, and so are the sums of which s is the quotient.</remarks>
public static class FourBitGroups
{
    /// <summary>Inputs that share a factor.</summary>
    public const int Inputs = 64;

    /// <summary>Bytes of a group, without its factor.</summary>
    public const int Bytes = Inputs / 2;

    private const int Zero = 8;
    private const int Largest = 7;
    private const int Bits = 4;
    private const int Mask = 15;

    /// <summary>Bytes of the scales of so many numbers.</summary>
    public static long ScaleBytesOf(long elements) => elements / Inputs * DType.Float16.SizeInBytes;

    /// <summary>Rounds a group and returns its factor.</summary>
    /// <param name="weights">The 64 weights.</param>
    /// <param name="numbers">Takes up the 32 bytes of their numbers.</param>
    public static Half Round(ReadOnlySpan<float> weights, Span<byte> numbers)
    {
        float extreme = 0;
        foreach (float x in weights)
        {
            extreme = MathF.Abs(x) > MathF.Abs(extreme) ? x : extreme;
        }

        float inverse = extreme == 0 ? 0 : -Zero / extreme;
        float products = 0;
        float squares = 0;
        for (int i = 0; i < Inputs; i += 2)
        {
            float first = LevelOf(weights[i] * inverse);
            float second = LevelOf(weights[i + 1] * inverse);

            // One by one, as in a backend's column: another order would round the sums elsewhere.
            products += weights[i] * first;
            products += weights[i + 1] * second;
            squares += (first * first) + (second * second);
            numbers[i / 2] = (byte)(((int)first + Zero) | (((int)second + Zero) << Bits));
        }

        return extreme == 0 ? Half.Zero : (Half)(products / squares);
    }

    /// <summary>The weights that numbers stand for.</summary>
    /// <param name="numbers">Bytes of two numbers each.</param>
    /// <param name="scale">Their factor.</param>
    /// <param name="weights">Takes up two weights for each byte.</param>
    public static void Widen(ReadOnlySpan<byte> numbers, float scale, Span<float> weights)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            weights[2 * i] = ((numbers[i] & Mask) - Zero) * scale;
            weights[(2 * i) + 1] = ((numbers[i] >> Bits) - Zero) * scale;
        }
    }

    private static float LevelOf(float x) => MathF.Max(-Zero, MathF.Min(MathF.Round(x), Largest));
}
