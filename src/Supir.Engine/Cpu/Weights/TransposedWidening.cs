using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Supir.Engine.Cpu.Kernels;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Widens a panel from weights of half precision where the checkpoint has them, a row for each output channel: transposes and widens in one pass.</summary>
/// <remarks>Two halves that follow each other in a column are moved as one number of 32 bits. Vectors of such pairs, one of each column, are
/// interleaved until each holds one pair of all columns, in their order. Whole cache lines are read at once because columns that are a multiple
/// of 2 kB apart compete for the same few places of the first-level cache, and a column group from one end to the other because
/// the processor foresees what sixteen streams read next, not thirty-two.</remarks>
internal static unsafe class TransposedWidening
{
    private const int Columns = ProductWeights.PanelColumns;
    private const int HalfColumns = Columns / 2;

    /// <summary>Columns that are interleaved within the parts of a vector.</summary>
    private const int Four = 4;

    /// <summary>Writes depth rows of 32 numbers.</summary>
    /// <param name="columns">The address of each column's first element; 0 for a column of zeros.</param>
    /// <param name="depth">Elements of a column.</param>
    /// <param name="stride">Elements from a row of the result to the next.</param>
    /// <param name="halves">Elements from the first sixteen columns of the result to the others.</param>
    /// <param name="destination">The result.</param>
    public static void Widen(nint* columns, int depth, nint stride, nint halves, float* destination)
    {
        int whole = InstructionSets.Best switch
        {
            InstructionSet.Avx512 => Widen512((byte**)columns, depth, stride, halves, destination),
            InstructionSet.Avx2 => Widen256((byte**)columns, depth, stride, halves, destination),
            _ => 0,
        };
        WidenScalar(columns, whole, depth, stride, halves, destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Widen512(byte** columns, int depth, nint stride, nint halves, float* destination)
    {
        int block = 2 * Vector512<uint>.Count;
        int whole = depth / block * block;
        byte* zeros = stackalloc byte[Vector512<byte>.Count];
        new Span<byte>(zeros, Vector512<byte>.Count).Clear();
        Vector512<uint>* quads = stackalloc Vector512<uint>[Vector512<uint>.Count];
        for (int half = 0; half < 2; half++)
        {
            byte** group = columns + (half * HalfColumns);
            float* target = destination + (half * halves);
            for (int first = 0; first < whole; first += block)
            {
                // Part l of quads[4 j + i]: pair 4 l + j of columns 4 i to 4 i + 3.
                for (int i = 0; i < Four; i++)
                {
                    Vector512<uint> a0 = Load512(group[Four * i], zeros, first), a1 = Load512(group[(Four * i) + 1], zeros, first);
                    Vector512<uint> a2 = Load512(group[(Four * i) + 2], zeros, first), a3 = Load512(group[(Four * i) + 3], zeros, first);
                    Vector512<ulong> b0 = Avx512F.UnpackLow(a0, a1).AsUInt64(), b1 = Avx512F.UnpackLow(a2, a3).AsUInt64();
                    Vector512<ulong> b2 = Avx512F.UnpackHigh(a0, a1).AsUInt64(), b3 = Avx512F.UnpackHigh(a2, a3).AsUInt64();
                    quads[i] = Avx512F.UnpackLow(b0, b1).AsUInt32();
                    quads[Four + i] = Avx512F.UnpackHigh(b0, b1).AsUInt32();
                    quads[(2 * Four) + i] = Avx512F.UnpackLow(b2, b3).AsUInt32();
                    quads[(3 * Four) + i] = Avx512F.UnpackHigh(b2, b3).AsUInt32();
                }

                for (int j = 0; j < Four; j++)
                {
                    Vector512<uint>* quad = quads + (Four * j);
                    float* row = target + (2 * j * stride);
                    Vector512<uint> low01 = Avx512F.Shuffle4x128(quad[0], quad[1], 0b01_00_01_00), high01 = Avx512F.Shuffle4x128(quad[0], quad[1], 0b11_10_11_10);
                    Vector512<uint> low23 = Avx512F.Shuffle4x128(quad[2], quad[3], 0b01_00_01_00), high23 = Avx512F.Shuffle4x128(quad[2], quad[3], 0b11_10_11_10);
                    Store(Avx512F.Shuffle4x128(low01, low23, 0b10_00_10_00), row, stride);
                    Store(Avx512F.Shuffle4x128(low01, low23, 0b11_01_11_01), row + (2 * Four * stride), stride);
                    Store(Avx512F.Shuffle4x128(high01, high23, 0b10_00_10_00), row + (4 * Four * stride), stride);
                    Store(Avx512F.Shuffle4x128(high01, high23, 0b11_01_11_01), row + (6 * Four * stride), stride);
                }

                target += block * stride;
            }
        }

        return whole;
    }

    // The same with eight columns at a time and half a cache line of each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Widen256(byte** columns, int depth, nint stride, nint halves, float* destination)
    {
        int block = 2 * Vector256<uint>.Count;
        int whole = depth / block * block;
        byte* zeros = stackalloc byte[Vector256<byte>.Count];
        new Span<byte>(zeros, Vector256<byte>.Count).Clear();
        Vector256<uint>* quads = stackalloc Vector256<uint>[Vector256<uint>.Count];
        for (int quarter = 0; quarter < 4; quarter++)
        {
            byte** group = columns + (quarter * HalfColumns / 2);
            float* target = destination + (quarter / 2 * halves) + (quarter % 2 * HalfColumns / 2);
            for (int first = 0; first < whole; first += block)
            {
                for (int i = 0; i < 2; i++)
                {
                    Vector256<uint> a0 = Load256(group[Four * i], zeros, first), a1 = Load256(group[(Four * i) + 1], zeros, first);
                    Vector256<uint> a2 = Load256(group[(Four * i) + 2], zeros, first), a3 = Load256(group[(Four * i) + 3], zeros, first);
                    Vector256<ulong> b0 = Avx2.UnpackLow(a0, a1).AsUInt64(), b1 = Avx2.UnpackLow(a2, a3).AsUInt64();
                    Vector256<ulong> b2 = Avx2.UnpackHigh(a0, a1).AsUInt64(), b3 = Avx2.UnpackHigh(a2, a3).AsUInt64();
                    quads[i] = Avx2.UnpackLow(b0, b1).AsUInt32();
                    quads[2 + i] = Avx2.UnpackHigh(b0, b1).AsUInt32();
                    quads[4 + i] = Avx2.UnpackLow(b2, b3).AsUInt32();
                    quads[6 + i] = Avx2.UnpackHigh(b2, b3).AsUInt32();
                }

                for (int j = 0; j < Four; j++)
                {
                    Vector256<uint>* quad = quads + (2 * j);
                    float* row = target + (2 * j * stride);
                    Store(Avx2.Permute2x128(quad[0], quad[1], 0x20), row, stride);
                    Store(Avx2.Permute2x128(quad[0], quad[1], 0x31), row + (2 * Four * stride), stride);
                }

                target += block * stride;
            }
        }

        return whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Load512(byte* column, byte* zeros, int first) =>
        Vector512.Load(column == null ? zeros : column + ((nint)first * sizeof(ushort))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load256(byte* column, byte* zeros, int first) =>
        Vector256.Load(column == null ? zeros : column + ((nint)first * sizeof(ushort))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> pairs, float* row, nint stride)
    {
        HalfVector.WidenUpper((pairs << 16).AsInt32()).StoreAligned(row);
        HalfVector.WidenUpper(pairs.AsInt32()).StoreAligned(row + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> pairs, float* row, nint stride)
    {
        HalfVector.WidenUpper((pairs << 16).AsInt32()).StoreAligned(row);
        HalfVector.WidenUpper(pairs.AsInt32()).StoreAligned(row + stride);
    }

    /// <summary>The definition; also what is left over behind whole vectors.</summary>
    private static void WidenScalar(nint* columns, int first, int depth, nint stride, nint halves, float* destination)
    {
        for (int column = 0; column < Columns; column++)
        {
            float* target = destination + ((column / HalfColumns) * halves) + (column % HalfColumns);
            Half* source = (Half*)columns[column];
            for (int i = first; i < depth; i++)
            {
                target[i * stride] = source == null ? 0 : (float)source[i];
            }
        }
    }
}
