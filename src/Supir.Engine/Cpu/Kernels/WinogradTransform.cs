using System.Runtime.CompilerServices;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>The three transforms of a 3×3 convolution with a quarter of the multiplications: F(4×4, 3×3) of Winograd (Lavin and Gray 2016,
/// "Fast Algorithms for Convolutional Neural Networks").</summary>
/// <remarks>
/// A tile of 4×4 results sees 6×6 of the source. Both 3 weights and 6 numbers of the source are taken for the coefficients of polynomials, which
/// are multiplied point by point: result = Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A, 36 multiplications instead of 144. Every matrix is applied to columns, then to rows.
/// The points are 0, infinity, ±5/8 and ±3/2, in this order, instead of the usual ±1 and ±2: powers of these lie closer to 1, which leaves 1.6 times
/// the rounding error of the direct sum instead of 3.7 times (normally distributed numbers, 640 channels). Squares and products of both are exact.
/// </remarks>
internal static unsafe class WinogradTransform<T>
    where T : unmanaged, ILanes<T>
{
    private const int Side = WinogradTile.SourceSide;

    /// <summary>The points beside 0 and infinity: ±P and ±Q.</summary>
    private const float P = 5f / 8f;
    private const float Q = 3f / 2f;
    private const float P2 = P * P;
    private const float Q2 = Q * Q;

    // What the product over the other points comes to, which the weights are divided by.
    private const float DivisorOfZero = P2 * Q2;
    private const float DivisorOfP = 2 * P2 * (P2 - Q2);
    private const float DivisorOfQ = 2 * Q2 * (Q2 - P2);

    /// <summary>Bᵀ d B of a tile, for some channels.</summary>
    /// <param name="source">The tile's first position.</param>
    /// <param name="rowStride">Elements from a row of the source to the next.</param>
    /// <param name="positionStride">Elements from a position to the next.</param>
    /// <param name="channels">Channels; up to a vector's length less one more are read and written.</param>
    /// <param name="memory">Room for 36 vectors.</param>
    /// <param name="destination">The channels at the first point.</param>
    /// <param name="pointStride">Elements from a point to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfSource(float* source, nint rowStride, nint positionStride, int channels, float* memory, float* destination, nint pointStride)
    {
        for (int c = 0; c < channels; c += T.Count)
        {
            for (int column = 0; column < Side; column++)
            {
                SourceLine(source + c + (column * positionStride), rowStride, memory + (column * T.Count), Side * T.Count);
            }

            for (int row = 0; row < Side; row++)
            {
                SourceLine(memory + (row * Side * T.Count), T.Count, destination + c + (row * Side * pointStride), pointStride);
            }
        }
    }

    /// <summary>Two of the six rows of G g Gᵀ, those of 0 and infinity or of a point and its opposite, for some channels of 32 outputs.</summary>
    /// <param name="pair">Which: 0, 1 or 2.</param>
    /// <param name="weights">[tap][channel][32].</param>
    /// <param name="tapStride">Elements from a tap to the next.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="destination">[12 points][channel][32], the 32 laid out as the kernel wants them.</param>
    /// <param name="pointStride">Elements from a point to the next.</param>
    /// <param name="stride">Elements from a channel of the result to the next.</param>
    /// <param name="halves">Elements from the first sixteen outputs to the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfWeights(
        int pair, float* weights, nint tapStride, int channels, float* destination, nint pointStride, nint stride, nint halves)
    {
        const int Half = TileKernel.Columns / 2;
        T zero = T.Of(1 / DivisorOfZero);
        T p0 = T.Of(1 / DivisorOfP), p1 = T.Of(P / DivisorOfP), p2 = T.Of(P2 / DivisorOfP);
        T q0 = T.Of(1 / DivisorOfQ), q1 = T.Of(Q / DivisorOfQ), q2 = T.Of(Q2 / DivisorOfQ);
        T g0 = pair == 1 ? p0 : q0, g1 = pair == 1 ? p1 : q1, g2 = pair == 1 ? p2 : q2;
        for (int half = 0; half < 2; half++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                for (int lane = 0; lane < Half; lane += T.Count)
                {
                    float* top = weights + ((nint)channel * TileKernel.Columns) + (half * Half) + lane;
                    float* center = top + (WinogradTile.Taps * tapStride);
                    float* bottom = center + (WinogradTile.Taps * tapStride);
                    T left, middle, right, oppositeLeft, oppositeMiddle, oppositeRight;
                    if (pair == 0)
                    {
                        left = T.Load(top) * zero;
                        middle = T.Load(top + tapStride) * zero;
                        right = T.Load(top + (2 * tapStride)) * zero;
                        oppositeLeft = T.Load(bottom);
                        oppositeMiddle = T.Load(bottom + tapStride);
                        oppositeRight = T.Load(bottom + (2 * tapStride));
                    }
                    else
                    {
                        T even = T.MultiplyAdd(T.Load(bottom), g2, T.Load(top) * g0), odd = T.Load(center) * g1;
                        left = even + odd;
                        oppositeLeft = even - odd;
                        even = T.MultiplyAdd(T.Load(bottom + tapStride), g2, T.Load(top + tapStride) * g0);
                        odd = T.Load(center + tapStride) * g1;
                        middle = even + odd;
                        oppositeMiddle = even - odd;
                        even = T.MultiplyAdd(T.Load(bottom + (2 * tapStride)), g2, T.Load(top + (2 * tapStride)) * g0);
                        odd = T.Load(center + (2 * tapStride)) * g1;
                        right = even + odd;
                        oppositeRight = even - odd;
                    }

                    float* point = destination + (channel * stride) + (half * halves) + lane;
                    for (int row = 0; row < 2; row++)
                    {
                        (left * zero).Store(point);
                        right.Store(point + pointStride);
                        T even = T.MultiplyAdd(right, p2, left * p0), odd = middle * p1;
                        (even + odd).Store(point + (2 * pointStride));
                        (even - odd).Store(point + (3 * pointStride));
                        even = T.MultiplyAdd(right, q2, left * q0);
                        odd = middle * q1;
                        (even + odd).Store(point + (4 * pointStride));
                        (even - odd).Store(point + (5 * pointStride));
                        left = oppositeLeft;
                        middle = oppositeMiddle;
                        right = oppositeRight;
                        point += Side * pointStride;
                    }
                }
            }
        }
    }

    /// <summary>Aᵀ m A of a tile, for 32 outputs.</summary>
    /// <param name="sums">The outputs at the first point.</param>
    /// <param name="pointStride">Elements from a point to the next.</param>
    /// <param name="memory">Room for 24 vectors.</param>
    /// <param name="destination">The tile's first position: positions lie 32 elements apart.</param>
    /// <param name="rowStride">Elements from a row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfSums(float* sums, nint pointStride, float* memory, float* destination, nint rowStride)
    {
        for (int c = 0; c < TileKernel.Columns; c += T.Count)
        {
            for (int column = 0; column < Side; column++)
            {
                ResultLine(sums + c + (column * pointStride), Side * pointStride, memory + (column * T.Count), Side * T.Count);
            }

            for (int row = 0; row < WinogradTile.ResultSide; row++)
            {
                ResultLine(memory + (row * Side * T.Count), T.Count, destination + c + (row * rowStride), TileKernel.Columns);
            }
        }
    }

    /// <summary>Bᵀ of six numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SourceLine(float* source, nint step, float* destination, nint place)
    {
        T p = T.Of(P), q = T.Of(Q), minusP = T.Of(-P), minusQ = T.Of(-Q), minusP2 = T.Of(-P2), minusQ2 = T.Of(-Q2);
        T sum = T.Of(-(P2 + Q2)), product = T.Of(P2 * Q2);
        T x1 = T.Load(source + step), x2 = T.Load(source + (2 * step)), x3 = T.Load(source + (3 * step)), x4 = T.Load(source + (4 * step));
        T even = T.MultiplyAdd(x2, minusQ2, x4), odd = T.MultiplyAdd(x1, minusQ2, x3);
        T.MultiplyAdd(odd, p, even).Store(destination + (2 * place));
        T.MultiplyAdd(odd, minusP, even).Store(destination + (3 * place));
        even = T.MultiplyAdd(x2, minusP2, x4);
        odd = T.MultiplyAdd(x1, minusP2, x3);
        T.MultiplyAdd(odd, q, even).Store(destination + (4 * place));
        T.MultiplyAdd(odd, minusQ, even).Store(destination + (5 * place));
        T.MultiplyAdd(T.Load(source), product, T.MultiplyAdd(x2, sum, x4)).Store(destination);
        T.MultiplyAdd(x1, product, T.MultiplyAdd(x3, sum, T.Load(source + (5 * step)))).Store(destination + place);
    }

    /// <summary>Aᵀ of six numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ResultLine(float* source, nint step, float* destination, nint place)
    {
        T p = T.Load(source + (2 * step)), minusP = T.Load(source + (3 * step)), q = T.Load(source + (4 * step)), minusQ = T.Load(source + (5 * step));
        T evenP = p + minusP, oddP = p - minusP, evenQ = q + minusQ, oddQ = q - minusQ;
        (T.Load(source) + (evenP + evenQ)).Store(destination);
        T.MultiplyAdd(oddP, T.Of(P), oddQ * T.Of(Q)).Store(destination + place);
        T.MultiplyAdd(evenP, T.Of(P2), evenQ * T.Of(Q2)).Store(destination + (2 * place));
        T.MultiplyAdd(oddP, T.Of(P * P2), T.MultiplyAdd(oddQ, T.Of(Q * Q2), T.Load(source + step))).Store(destination + (3 * place));
    }
}
