using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>Transposes a small matrix of floats, scaled.</summary>
internal static unsafe class MatrixTranspose
{
    private const int Block = 8;

    /// <summary>target[c][r] = source[r][c] · scale for all rows and columns of the source.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStride">Elements between rows of the source.</param>
    /// <param name="target">The first row of the transpose.</param>
    /// <param name="targetStride">Elements between rows of the transpose.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="scale">A factor.</param>
    public static void Scaled(float* source, long sourceStride, float* target, long targetStride, int rows, int columns, float scale)
    {
        int row = 0;
        if (Avx.IsSupported && Vector256.IsHardwareAccelerated)
        {
            Vector256<float> factor = Vector256.Create(scale);
            for (; row + Block <= rows; row += Block)
            {
                int column = 0;
                for (; column + Block <= columns; column += Block)
                {
                    Transpose8x8(source + (row * sourceStride) + column, sourceStride, target + (column * targetStride) + row, targetStride, factor);
                }

                Plain(source + (row * sourceStride) + column, sourceStride, target + (column * targetStride) + row, targetStride, Block, columns - column, scale);
            }
        }

        Plain(source + (row * sourceStride), sourceStride, target + row, targetStride, rows - row, columns, scale);
    }

    private static void Plain(float* source, long sourceStride, float* target, long targetStride, int rows, int columns, float scale)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                target[(column * targetStride) + row] = source[(row * sourceStride) + column] * scale;
            }
        }
    }

    // Pairs of rows are interleaved by elements, then by pairs, within each 128-bit half; the last step exchanges the halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* s, long sourceStride, float* t, long targetStride, Vector256<float> factor)
    {
        Vector256<float> r0 = Vector256.Load(s) * factor;
        Vector256<float> r1 = Vector256.Load(s + sourceStride) * factor;
        Vector256<float> r2 = Vector256.Load(s + (2 * sourceStride)) * factor;
        Vector256<float> r3 = Vector256.Load(s + (3 * sourceStride)) * factor;
        Vector256<float> r4 = Vector256.Load(s + (4 * sourceStride)) * factor;
        Vector256<float> r5 = Vector256.Load(s + (5 * sourceStride)) * factor;
        Vector256<float> r6 = Vector256.Load(s + (6 * sourceStride)) * factor;
        Vector256<float> r7 = Vector256.Load(s + (7 * sourceStride)) * factor;

        Vector256<double> a0 = Avx.UnpackLow(r0, r1).AsDouble();
        Vector256<double> a1 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> a2 = Avx.UnpackLow(r2, r3).AsDouble();
        Vector256<double> a3 = Avx.UnpackHigh(r2, r3).AsDouble();
        Vector256<double> a4 = Avx.UnpackLow(r4, r5).AsDouble();
        Vector256<double> a5 = Avx.UnpackHigh(r4, r5).AsDouble();
        Vector256<double> a6 = Avx.UnpackLow(r6, r7).AsDouble();
        Vector256<double> a7 = Avx.UnpackHigh(r6, r7).AsDouble();

        StorePair(Avx.UnpackLow(a0, a2), Avx.UnpackLow(a4, a6), t, t + (4 * targetStride));
        StorePair(Avx.UnpackHigh(a0, a2), Avx.UnpackHigh(a4, a6), t + targetStride, t + (5 * targetStride));
        StorePair(Avx.UnpackLow(a1, a3), Avx.UnpackLow(a5, a7), t + (2 * targetStride), t + (6 * targetStride));
        StorePair(Avx.UnpackHigh(a1, a3), Avx.UnpackHigh(a5, a7), t + (3 * targetStride), t + (7 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(Vector256<double> firstRows, Vector256<double> lastRows, float* low, float* high)
    {
        Avx.Permute2x128(firstRows, lastRows, 0x20).AsSingle().Store(low);
        Avx.Permute2x128(firstRows, lastRows, 0x31).AsSingle().Store(high);
    }
}
