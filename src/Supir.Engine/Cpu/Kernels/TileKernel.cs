using System.Runtime.CompilerServices;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>The product of a tile, on the chosen instruction set: C[rows × 32] (+)= A · B, with any number of rows.</summary>
internal static unsafe class TileKernel
{
    /// <summary>Columns of a tile: the width of a panel of packed weights, on every instruction set.</summary>
    public const int Columns = 32;

    /// <summary>The tallest tile worth asking for: that of the 512-bit kernel, and a multiple of no other's harm.</summary>
    public static int MaxRows { get; } = InstructionSets.Best == InstructionSet.Avx2 ? 2 * MicroKernels256.MaxRows : MicroKernels512.MaxRows;

    private static readonly nint[] Methods512 = TableOf512();
    private static readonly nint[] Methods256 = TableOf256();

    /// <summary>Splits a length into the fewest tiles of nearly equal height.</summary>
    public static int TileCount(int length) => (length + MaxRows - 1) / MaxRows;

    /// <summary>See <see cref="TileArguments.NextStep"/>: so much that the rows behind a tile are in the second-level cache when it is their turn.</summary>
    /// <param name="rowStride">Bytes from a row to the next.</param>
    /// <param name="count">Depth of a segment.</param>
    public static nint StepOfNextRows(nint rowStride, nint count) => ((MaxRows * rowStride) + count - 1) / count;

    /// <summary>Computes one tile of 1 to <see cref="MaxRows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(int rows, in TileArguments arguments, byte* a, float* b, float* c)
    {
        if (InstructionSets.Best == InstructionSet.Avx512)
        {
            ((delegate*<in TileArguments, byte*, float*, float*, void>)Methods512[rows])(in arguments, a, b, c);
        }
        else if (InstructionSets.Best == InstructionSet.Avx2)
        {
            Multiply256(rows, in arguments, a, b, c);
        }
        else
        {
            MultiplyScalar(rows, in arguments, a, b, c);
        }
    }

    private static void Multiply256(int rows, in TileArguments arguments, byte* a, float* b, float* c)
    {
        int tiles = (rows + MicroKernels256.MaxRows - 1) / MicroKernels256.MaxRows;
        for (int tile = 0, start = 0; tile < tiles; tile++)
        {
            int height = (rows - start) / (tiles - tile);
            delegate*<in TileArguments, byte*, float*, float*, void> method =
                (delegate*<in TileArguments, byte*, float*, float*, void>)Methods256[height];
            byte* aTile = a + (start * arguments.RowStride);
            float* cTile = c + (start * arguments.StrideC);
            method(in arguments, aTile, b, cTile);
            method(in arguments, aTile, b + arguments.HalvesOfB, cTile + MicroKernels256.Columns);
            start += height;
        }
    }

    /// <summary>The definition of a tile's product.</summary>
    private static void MultiplyScalar(int rows, in TileArguments arguments, byte* a, float* b, float* c)
    {
        // Panels are split for 256-bit vectors alone, so a row of B is whole here.
        for (int row = 0; row < rows; row++)
        {
            float* cRow = c + (row * arguments.StrideC);
            if (!arguments.Accumulate)
            {
                new Span<float>(cRow, Columns).Clear();
            }

            float* bRow = b;
            for (nint segment = 0; segment < arguments.SegmentCount; segment++)
            {
                byte* element = a + arguments.Segments[segment] + (row * arguments.RowStride);
                for (nint k = 0; k < arguments.Count; k++)
                {
                    float scale = *(float*)element;
                    for (int column = 0; column < Columns; column++)
                    {
                        cRow[column] += scale * bRow[column];
                    }

                    element += arguments.DepthStride;
                    bRow += arguments.StrideB;
                }
            }
        }
    }

    private static nint[] TableOf512()
    {
        nint[] table = new nint[MicroKernels512.MaxRows + 1];
        for (int rows = 1; rows < table.Length; rows++)
        {
            table[rows] = (nint)MicroKernels512.For(rows);
        }

        return table;
    }

    private static nint[] TableOf256()
    {
        nint[] table = new nint[MicroKernels256.MaxRows + 1];
        for (int rows = 1; rows < table.Length; rows++)
        {
            table[rows] = (nint)MicroKernels256.For(rows);
        }

        return table;
    }
}
