namespace Supir.Engine.Cpu.Kernels;

/// <summary>The product of some rows with a panel, on the chosen instruction set: C[rows × 32] (+)= A · B.</summary>
internal static unsafe class TileKernel
{
    /// <summary>Columns of a tile: the width of a panel of packed weights, on every instruction set.</summary>
    public const int Columns = 32;

    /// <summary>The tallest block of rows worth asking for: a tile of the 512-bit kernel, two of the 256-bit one.</summary>
    public static int MaxRows { get; } = InstructionSets.Best == InstructionSet.Avx2 ? 2 * RowsOfTile256 : MicroKernels512.MaxRows;

    private const int RowsOfTile256 = MicroKernels256<FetchedRows>.MaxRows;

    private static readonly nint[] Methods512 = TableOf512();
    private static readonly nint[] FetchingMethods256 = TableOf256<FetchedRows>();
    private static readonly nint[] Methods256 = TableOf256<UnfetchedRows>();

    /// <summary>Splits a length into the fewest blocks of nearly equal height.</summary>
    public static int BlockCount(int length) => (length + MaxRows - 1) / MaxRows;

    /// <summary>See <see cref="TileArguments.NextStep"/>: so much that the rows behind a tile are in the second-level cache when it is their turn.</summary>
    /// <param name="rowStride">Bytes from a row to the next.</param>
    /// <param name="count">Depth of a segment.</param>
    public static nint StepOfNextRows(nint rowStride, nint count)
    {
        int rows = InstructionSets.Best == InstructionSet.Avx2 ? RowsOfTile256 : MicroKernels512.MaxRows;
        return ((rows * rowStride) + count - 1) / count;
    }

    /// <summary>Computes any number of rows. Best are all there are where half of B fits into the first-level cache, else a block of <see cref="MaxRows"/>.</summary>
    public static void Multiply(int rows, in TileArguments arguments, byte* a, float* b, float* c)
    {
        switch (InstructionSets.Best)
        {
            case InstructionSet.Avx512:
                MultiplyTiles(rows, in arguments, a, b, c, Methods512);
                break;
            case InstructionSet.Avx2:
                // One half of B for all rows, then the other: a half that fits into the first-level cache is brought there once.
                nint[] methods = arguments.NextStep == 0 ? Methods256 : FetchingMethods256;
                MultiplyTiles(rows, in arguments, a, b, c, methods);
                MultiplyTiles(rows, in arguments, a, b + arguments.HalvesOfB, c + MicroKernels256<FetchedRows>.Columns, methods);
                break;
            default:
                MultiplyScalar(rows, in arguments, a, b, c);
                break;
        }
    }

    /// <summary>Computes rows in the fewest tiles of nearly equal height, with the method for each height.</summary>
    private static void MultiplyTiles(int rows, in TileArguments arguments, byte* a, float* b, float* c, nint[] methods)
    {
        int most = methods.Length - 1;
        for (int tiles = (rows + most - 1) / most; tiles > 0; tiles--)
        {
            int height = rows / tiles;
            ((delegate*<in TileArguments, byte*, float*, float*, void>)methods[height])(in arguments, a, b, c);
            a += height * arguments.RowStride;
            c += height * arguments.StrideC;
            rows -= height;
        }
    }

    /// <summary>The definition of the product.</summary>
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

    private static nint[] TableOf256<TNext>()
        where TNext : struct, INextRows
    {
        nint[] table = new nint[MicroKernels256<TNext>.MaxRows + 1];
        for (int rows = 1; rows < table.Length; rows++)
        {
            table[rows] = (nint)MicroKernels256<TNext>.For(rows);
        }

        return table;
    }
}
