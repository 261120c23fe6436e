using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Supir.Engine.Cpu.Weights;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>Products of one row x with a panel of packed weights: y[32] = Σₖ x[k] · W[k][32]. A panel is read once, in its order, and
/// widened in registers: the memory sets the pace.</summary>
internal static unsafe class VectorProduct
{
    private const int Columns = PackedMatrix.PanelColumns;

    /// <summary>Weights in 4 bits; x is as long as all groups, zeros behind the end.</summary>
    public static void FourBit(byte* panel, int depth, float* x, float* y)
    {
        if (InstructionSets.Best == InstructionSet.Avx512)
        {
            FourBit512(panel, FourBitPanel.GroupsOf(depth), x, y);
        }
        else
        {
            FourBit256(panel, FourBitPanel.GroupsOf(depth), x, y);
        }
    }

    /// <summary>Weights in 8 bits, without their factors.</summary>
    /// <remarks>Vectors of 256 bits everywhere: they keep up with the memory as well as wider ones, two rows at a time, so that eight
    /// chains of sums hide the latency of the multiply-add.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EightBit(sbyte* panel, int depth, float* x, float* y)
    {
        Vector256<float> a0 = default, b0 = default, c0 = default, d0 = default;
        Vector256<float> a1 = default, b1 = default, c1 = default, d1 = default;
        int k = 0;
        for (; k + 2 <= depth; k += 2)
        {
            Vector256<float> f = Vector256.Create(x[k]);
            a0 = Vector256.FusedMultiplyAdd(Widen8(panel), f, a0);
            b0 = Vector256.FusedMultiplyAdd(Widen8(panel + 8), f, b0);
            c0 = Vector256.FusedMultiplyAdd(Widen8(panel + 16), f, c0);
            d0 = Vector256.FusedMultiplyAdd(Widen8(panel + 24), f, d0);
            f = Vector256.Create(x[k + 1]);
            a1 = Vector256.FusedMultiplyAdd(Widen8(panel + 32), f, a1);
            b1 = Vector256.FusedMultiplyAdd(Widen8(panel + 40), f, b1);
            c1 = Vector256.FusedMultiplyAdd(Widen8(panel + 48), f, c1);
            d1 = Vector256.FusedMultiplyAdd(Widen8(panel + 56), f, d1);
            panel += 2 * Columns;
        }

        if (k < depth)
        {
            Vector256<float> f = Vector256.Create(x[k]);
            a0 = Vector256.FusedMultiplyAdd(Widen8(panel), f, a0);
            b0 = Vector256.FusedMultiplyAdd(Widen8(panel + 8), f, b0);
            c0 = Vector256.FusedMultiplyAdd(Widen8(panel + 16), f, c0);
            d0 = Vector256.FusedMultiplyAdd(Widen8(panel + 24), f, d0);
        }

        (a0 + a1).Store(y);
        (b0 + b1).Store(y + 8);
        (c0 + c1).Store(y + 16);
        (d0 + d1).Store(y + 24);
    }

    // A permutation of the sixteen levels by the lowest four bits of each word is shift-free masking, conversion and − 8 in one.
    // Four chains of sums for each half of the columns hide the latency of the multiply-add.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourBit512(byte* panel, int groups, float* x, float* y)
    {
        Vector512<float> levels = Vector512.Create(-8f, -7f, -6f, -5f, -4f, -3f, -2f, -1f, 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f);
        Vector512<float> low = default;
        Vector512<float> high = default;
        for (int group = 0; group < groups; group++)
        {
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
            Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
            int* words = (int*)(panel + (Columns * sizeof(ushort)));
            for (int word = 0; word < FourBitPanel.GroupRows / FourBitPanel.WordRows; word++)
            {
                Vector512<int> v = Vector512.Load(words);
                Vector512<int> w = Vector512.Load(words + 16);
                Vector512<float> f = Vector512.Create(x[0]);
                a0 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v), f, a0);
                b0 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w), f, b0);
                f = Vector512.Create(x[1]);
                a1 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 4), f, a1);
                b1 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 4), f, b1);
                f = Vector512.Create(x[2]);
                a2 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 8), f, a2);
                b2 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 8), f, b2);
                f = Vector512.Create(x[3]);
                a3 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 12), f, a3);
                b3 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 12), f, b3);
                f = Vector512.Create(x[4]);
                a0 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 16), f, a0);
                b0 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 16), f, b0);
                f = Vector512.Create(x[5]);
                a1 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 20), f, a1);
                b1 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 20), f, b1);
                f = Vector512.Create(x[6]);
                a2 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 24), f, a2);
                b2 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 24), f, b2);
                f = Vector512.Create(x[7]);
                a3 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, v >>> 28), f, a3);
                b3 = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(levels, w >>> 28), f, b3);
                words += Columns;
                x += FourBitPanel.WordRows;
            }

            low = Vector512.FusedMultiplyAdd(a0 + a1 + (a2 + a3), HalfVector.Widen16((ushort*)panel), low);
            high = Vector512.FusedMultiplyAdd(b0 + b1 + (b2 + b3), HalfVector.Widen16((ushort*)panel + 16), high);
            panel += FourBitPanel.GroupBytes;
        }

        low.Store(y);
        high.Store(y + 16);
    }

    // Σ x (n − 8) = Σ x n − 8 Σ x: the second sum is the same for all columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourBit256(byte* panel, int groups, float* x, float* y)
    {
        Vector256<int> mask = Vector256.Create(15);
        new Span<float>(y, Columns).Clear();
        for (int group = 0; group < groups; group++)
        {
            float sum = 0f;
            for (int row = 0; row < FourBitPanel.GroupRows; row++)
            {
                sum += x[row];
            }

            for (int column = 0; column < Columns; column += 16)
            {
                Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default;
                int* words = (int*)(panel + (Columns * sizeof(ushort))) + column;
                for (int row = 0; row < FourBitPanel.GroupRows; row += FourBitPanel.WordRows)
                {
                    Vector256<int> v = Vector256.Load(words);
                    Vector256<int> w = Vector256.Load(words + 8);
                    for (int i = row; i < row + FourBitPanel.WordRows; i += 2)
                    {
                        Vector256<float> f = Vector256.Create(x[i]);
                        a0 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(v & mask), f, a0);
                        b0 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(w & mask), f, b0);
                        f = Vector256.Create(x[i + 1]);
                        a1 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle((v >>> 4) & mask), f, a1);
                        b1 = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle((w >>> 4) & mask), f, b1);
                        v >>>= 8;
                        w >>>= 8;
                    }

                    words += Columns;
                }

                Vector256<float> zero = Vector256.Create(FourBitPanel.Zero * sum);
                Vector256<float> first = (a0 + a1 - zero) * HalfVector.Widen8((ushort*)panel + column);
                Vector256<float> second = (b0 + b1 - zero) * HalfVector.Widen8((ushort*)panel + column + 8);
                (Vector256.Load(y + column) + first).Store(y + column);
                (Vector256.Load(y + column + 8) + second).Store(y + column + 8);
            }

            x += FourBitPanel.GroupRows;
            panel += FourBitPanel.GroupBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen8(sbyte* source)
    {
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source));
        }

        Vector128<short> shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsSByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)));
    }
}
