using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Supir.Engine.Cpu.Weights;

/// <summary>Widens a panel from weights of half precision where the checkpoint has them, a row for each output channel: transposes and widens in one pass.</summary>
internal static unsafe class TransposedWidening
{
    private const int Columns = ProductWeights.PanelColumns;
    private const int HalfColumns = Columns / 2;

    /// <summary>Elements of a column that are transposed at a time.</summary>
    private const int Depth = 8;

    /// <summary>Writes taps × channels rows of 32 numbers.</summary>
    /// <param name="columns">The address of each column's first element, [channel][tap]; 0 for a column of zeros.</param>
    /// <param name="channels">Input channels.</param>
    /// <param name="taps">Taps of the kernel.</param>
    /// <param name="stride">Elements from a row of the result to the next.</param>
    /// <param name="halves">Elements from the first sixteen columns of the result to the others.</param>
    /// <param name="destination">The result, [tap][channel].</param>
    public static void Widen(nint* columns, int channels, int taps, nint stride, nint halves, float* destination)
    {
        int length = channels * taps;
        ushort* zeros = stackalloc ushort[Depth];
        new Span<ushort>(zeros, Depth).Clear();
        bool hasVectors = InstructionSets.Best != InstructionSet.Scalar;
        int whole = hasVectors ? length / Depth * Depth : 0;
        ushort** starts = (ushort**)columns;
        if (InstructionSets.Best == InstructionSet.Avx512)
        {
            Widen512(starts, zeros, whole, channels, taps, stride, halves, destination);
        }
        else if (hasVectors)
        {
            Widen256(starts, zeros, whole, channels, taps, stride, halves, destination);
        }

        WidenScalar(columns, whole, length, channels, taps, stride, halves, destination);
    }

    // Sixteen columns at a time. A vector of 256 bits holds eight elements of column i below and of column i + 8 above; three rounds of
    // interleaving within its halves then leave one element of all sixteen columns, in their order, in each of eight vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen512(
        ushort** starts, ushort* zeros, int length, int channels, int taps, nint stride, nint halves, float* destination)
    {
        Vector256<ushort>* rows = stackalloc Vector256<ushort>[2 * Depth];
        int channel = 0;
        int tap = 0;
        for (int first = 0; first < length; first += Depth)
        {
            Transpose(starts, zeros, first, rows);
            Transpose(starts + HalfColumns, zeros, first, rows + Depth);
            for (int k = 0; k < Depth; k++)
            {
                float* target = destination + ((((nint)tap * channels) + channel) * stride);
                Vector512<int> low = Avx512F.ConvertToVector512Int32(rows[k]);
                Vector512<int> high = Avx512F.ConvertToVector512Int32(rows[Depth + k]);
                WidenHalves(low).Store(target);
                WidenHalves(high).Store(target + halves);
                if (++tap == taps)
                {
                    tap = 0;
                    channel++;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen256(
        ushort** starts, ushort* zeros, int length, int channels, int taps, nint stride, nint halves, float* destination)
    {
        Vector256<ushort>* rows = stackalloc Vector256<ushort>[2 * Depth];
        int channel = 0;
        int tap = 0;
        for (int first = 0; first < length; first += Depth)
        {
            Transpose(starts, zeros, first, rows);
            Transpose(starts + HalfColumns, zeros, first, rows + Depth);
            for (int k = 0; k < Depth; k++)
            {
                float* target = destination + ((((nint)tap * channels) + channel) * stride);
                Widen256(rows[k], target);
                Widen256(rows[Depth + k], target + halves);
                if (++tap == taps)
                {
                    tap = 0;
                    channel++;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen256(Vector256<ushort> row, float* target)
    {
        Vector256<int> low = Avx2.ConvertToVector256Int32(row.GetLower());
        Vector256<int> high = Avx2.ConvertToVector256Int32(row.GetUpper());
        WidenHalves(low).Store(target);
        WidenHalves(high).Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ushort** starts, ushort* zeros, int first, Vector256<ushort>* rows)
    {
        Vector256<ushort> a0 = Load(starts, zeros, 0, first), a1 = Load(starts, zeros, 1, first);
        Vector256<ushort> a2 = Load(starts, zeros, 2, first), a3 = Load(starts, zeros, 3, first);
        Vector256<ushort> a4 = Load(starts, zeros, 4, first), a5 = Load(starts, zeros, 5, first);
        Vector256<ushort> a6 = Load(starts, zeros, 6, first), a7 = Load(starts, zeros, 7, first);

        // Elements 0 to 3 of columns 0 and 1, of 2 and 3, …; then elements 4 to 7.
        Vector256<uint> b0 = Avx2.UnpackLow(a0, a1).AsUInt32(), b1 = Avx2.UnpackLow(a2, a3).AsUInt32();
        Vector256<uint> b2 = Avx2.UnpackLow(a4, a5).AsUInt32(), b3 = Avx2.UnpackLow(a6, a7).AsUInt32();
        Vector256<uint> b4 = Avx2.UnpackHigh(a0, a1).AsUInt32(), b5 = Avx2.UnpackHigh(a2, a3).AsUInt32();
        Vector256<uint> b6 = Avx2.UnpackHigh(a4, a5).AsUInt32(), b7 = Avx2.UnpackHigh(a6, a7).AsUInt32();

        // Two elements of four columns.
        Vector256<ulong> c0 = Avx2.UnpackLow(b0, b1).AsUInt64(), c1 = Avx2.UnpackLow(b2, b3).AsUInt64();
        Vector256<ulong> c2 = Avx2.UnpackHigh(b0, b1).AsUInt64(), c3 = Avx2.UnpackHigh(b2, b3).AsUInt64();
        Vector256<ulong> c4 = Avx2.UnpackLow(b4, b5).AsUInt64(), c5 = Avx2.UnpackLow(b6, b7).AsUInt64();
        Vector256<ulong> c6 = Avx2.UnpackHigh(b4, b5).AsUInt64(), c7 = Avx2.UnpackHigh(b6, b7).AsUInt64();

        // One element of eight columns, and of the eight that stand sixteen bytes behind.
        rows[0] = Avx2.UnpackLow(c0, c1).AsUInt16();
        rows[1] = Avx2.UnpackHigh(c0, c1).AsUInt16();
        rows[2] = Avx2.UnpackLow(c2, c3).AsUInt16();
        rows[3] = Avx2.UnpackHigh(c2, c3).AsUInt16();
        rows[4] = Avx2.UnpackLow(c4, c5).AsUInt16();
        rows[5] = Avx2.UnpackHigh(c4, c5).AsUInt16();
        rows[6] = Avx2.UnpackLow(c6, c7).AsUInt16();
        rows[7] = Avx2.UnpackHigh(c6, c7).AsUInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Load(ushort** starts, ushort* zeros, int column, int first)
    {
        ushort* low = starts[column];
        ushort* high = starts[column + 8];
        return Vector256.Create(
            Vector128.Load(low == null ? zeros : low + first),
            Vector128.Load(high == null ? zeros : high + first));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenHalves(Vector256<int> bits) =>
        (((bits & Vector256.Create(0x7FFF)) << 13).AsSingle() * Vector256.Create(PanelWidening.HalfRescale))
        | ((bits & Vector256.Create(0x8000)) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WidenHalves(Vector512<int> bits) =>
        (((bits & Vector512.Create(0x7FFF)) << 13).AsSingle() * Vector512.Create(PanelWidening.HalfRescale))
        | ((bits & Vector512.Create(0x8000)) << 16).AsSingle();

    /// <summary>The definition; also what is left over behind whole vectors.</summary>
    private static void WidenScalar(
        nint* columns, int first, int length, int channels, int taps, nint stride, nint halves, float* destination)
    {
        for (int column = 0; column < Columns; column++)
        {
            float* target = destination + ((column / HalfColumns) * halves) + (column % HalfColumns);
            for (int i = first; i < length; i++)
            {
                float* place = target + ((((nint)(i % taps) * channels) + (i / taps)) * stride);
                *place = 0;
                if (columns[column] != 0)
                {
                    *place = (float)((Half*)columns[column])[i];
                }
            }
        }
    }
}
