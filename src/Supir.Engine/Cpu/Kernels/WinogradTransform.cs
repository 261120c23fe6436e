using System.Runtime.CompilerServices;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>The three transforms of a 3×3 convolution with a quarter of the multiplications: F(4×4, 3×3) of Winograd (Lavin and Gray 2016,
/// "Fast Algorithms for Convolutional Neural Networks").</summary>
/// <remarks>
/// A tile of 4×4 results sees 6×6 of the source. Both 3 weights and 6 numbers of the source are taken for the coefficients of polynomials, which
/// are multiplied point by point: result = Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A, 36 multiplications instead of 144. Every matrix is applied to columns, then to rows.
/// The points are 0, ±5/8, ±3/2 and infinity instead of the usual 0, ±1, ±2 and infinity: powers of these lie closer to 1, which leaves 1.6 times
/// the rounding error of the direct sum instead of 3.7 times (normally distributed numbers, 640 channels). Squares and products of both are exact.
/// </remarks>
internal static unsafe class WinogradTransform<T>
    where T : unmanaged, ILanes<T>
{
    private const int Side = WinogradTile.SourceSide;
    private const int Taps = WinogradTile.Taps;

    /// <summary>The points beside 0 and infinity: ±P and ±Q.</summary>
    private const float P = 5f / 8f;
    private const float Q = 3f / 2f;
    private const float P2 = P * P;
    private const float Q2 = Q * Q;

    // What the product over the other points comes to, which the weights are divided by.
    private const float DivisorOfZero = P2 * Q2;
    private const float DivisorOfP = 2 * P2 * (P2 - Q2);
    private const float DivisorOfQ = 2 * Q2 * (Q2 - P2);

    /// <summary>G: a row for each point, over the three taps.</summary>
    private static ReadOnlySpan<float> G =>
    [
        1 / DivisorOfZero, 0, 0,
        1 / DivisorOfP, P / DivisorOfP, P2 / DivisorOfP,
        1 / DivisorOfP, -P / DivisorOfP, P2 / DivisorOfP,
        1 / DivisorOfQ, Q / DivisorOfQ, Q2 / DivisorOfQ,
        1 / DivisorOfQ, -Q / DivisorOfQ, Q2 / DivisorOfQ,
        0, 0, 1,
    ];

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

    /// <summary>Row <paramref name="row"/> of G g Gᵀ, six of the 36 points, for some channels of 32 outputs.</summary>
    /// <param name="row">Which.</param>
    /// <param name="weights">[tap][channel][32].</param>
    /// <param name="tapStride">Elements from a tap to the next.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="destination">[6][channel][32], the 32 laid out as the kernel wants them.</param>
    /// <param name="pointStride">Elements from a point to the next.</param>
    /// <param name="stride">Elements from a channel of the result to the next.</param>
    /// <param name="halves">Elements from the first sixteen outputs to the others.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfWeights(
        int row, float* weights, nint tapStride, int channels, float* destination, nint pointStride, nint stride, nint halves)
    {
        const int Half = TileKernel.Columns / 2;
        T g0 = T.Of(G[row * Taps]), g1 = T.Of(G[(row * Taps) + 1]), g2 = T.Of(G[(row * Taps) + 2]);
        T zero = T.Of(1 / DivisorOfZero);
        T p0 = T.Of(1 / DivisorOfP), p1 = T.Of(P / DivisorOfP), p2 = T.Of(P2 / DivisorOfP);
        T q0 = T.Of(1 / DivisorOfQ), q1 = T.Of(Q / DivisorOfQ), q2 = T.Of(Q2 / DivisorOfQ);
        for (int half = 0; half < 2; half++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                for (int lane = 0; lane < Half; lane += T.Count)
                {
                    float* tap = weights + ((nint)channel * TileKernel.Columns) + (half * Half) + lane;
                    T left = Column(tap, Taps * tapStride, g0, g1, g2);
                    T middle = Column(tap + tapStride, Taps * tapStride, g0, g1, g2);
                    T right = Column(tap + (2 * tapStride), Taps * tapStride, g0, g1, g2);
                    float* point = destination + (channel * stride) + (half * halves) + lane;
                    T even = T.MultiplyAdd(right, p2, left * p0);
                    T odd = middle * p1;
                    (left * zero).Store(point);
                    (even + odd).Store(point + pointStride);
                    (even - odd).Store(point + (2 * pointStride));
                    even = T.MultiplyAdd(right, q2, left * q0);
                    odd = middle * q1;
                    (even + odd).Store(point + (3 * pointStride));
                    (even - odd).Store(point + (4 * pointStride));
                    right.Store(point + (5 * pointStride));
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
        T.MultiplyAdd(odd, p, even).Store(destination + place);
        T.MultiplyAdd(odd, minusP, even).Store(destination + (2 * place));
        even = T.MultiplyAdd(x2, minusP2, x4);
        odd = T.MultiplyAdd(x1, minusP2, x3);
        T.MultiplyAdd(odd, q, even).Store(destination + (3 * place));
        T.MultiplyAdd(odd, minusQ, even).Store(destination + (4 * place));
        T.MultiplyAdd(T.Load(source), product, T.MultiplyAdd(x2, sum, x4)).Store(destination);
        T.MultiplyAdd(x1, product, T.MultiplyAdd(x3, sum, T.Load(source + (5 * step)))).Store(destination + (5 * place));
    }

    /// <summary>A row of G times the three taps of a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Column(float* tap, nint step, T g0, T g1, T g2) =>
        T.MultiplyAdd(T.Load(tap + (2 * step)), g2, T.MultiplyAdd(T.Load(tap + step), g1, T.Load(tap) * g0));

    /// <summary>Aᵀ of six numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ResultLine(float* source, nint step, float* destination, nint place)
    {
        T m1 = T.Load(source + step), m2 = T.Load(source + (2 * step)), m3 = T.Load(source + (3 * step)), m4 = T.Load(source + (4 * step));
        T evenP = m1 + m2, oddP = m1 - m2, evenQ = m3 + m4, oddQ = m3 - m4;
        (T.Load(source) + (evenP + evenQ)).Store(destination);
        T.MultiplyAdd(oddP, T.Of(P), oddQ * T.Of(Q)).Store(destination + place);
        T.MultiplyAdd(evenP, T.Of(P2), evenQ * T.Of(Q2)).Store(destination + (2 * place));
        T.MultiplyAdd(oddP, T.Of(P * P2), T.MultiplyAdd(oddQ, T.Of(Q * Q2), T.Load(source + (5 * step)))).Store(destination + (3 * place));
    }
}
