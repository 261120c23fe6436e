using Supir.Engine.Cpu.Kernels;
using Supir.Engine.Cpu.Memory;
using Xunit;

namespace Supir.Engine.Tests;

public sealed unsafe class TileKernelTests
{
    /// <summary>Elements behind each row of A, and of C, that belong to nobody.</summary>
    private const int Padding = 3;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 17)]
    [InlineData(6, 64)]
    [InlineData(7, 3)]
    [InlineData(12, 320)]
    [InlineData(13, 33)]
    [InlineData(15, 2)]
    [InlineData(29, 65)]
    [InlineData(113, 20)]
    public void Rows_times_a_panel_are_the_sums_that_define_them_whether_the_next_rows_are_fetched_or_not(int rows, int depth)
    {
        PanelLayout layout = PanelLayout.Fastest(depth);
        float[] a = Numbers(rows * (depth + Padding), 1), values = Numbers(depth * TileKernel.Columns, 2), start = Numbers(rows * (TileKernel.Columns + Padding), 3);
        using AlignedMemory panel = new((long)depth * TileKernel.Columns * sizeof(float));
        float* b = (float*)panel.Pointer;
        for (int i = 0; i < values.Length; i++)
        {
            (int k, int column) = (i / TileKernel.Columns, i % TileKernel.Columns);
            const int Half = TileKernel.Columns / 2;
            b[(k * layout.Stride) + (column / Half * layout.Halves) + (column % Half)] = values[i];
        }

        foreach (bool accumulates in new[] { false, true })
        {
            foreach (bool fetches in new[] { false, true })
            {
                float[] c = [.. start];
                Multiply(rows, depth, a, b, layout, c, accumulates, fetches);
                for (int i = 0; i < c.Length; i++)
                {
                    (int row, int column) = (i / (TileKernel.Columns + Padding), i % (TileKernel.Columns + Padding));
                    double expected = column >= TileKernel.Columns || accumulates ? start[i] : 0;
                    for (int k = 0; k < depth && column < TileKernel.Columns; k++)
                    {
                        expected += (double)a[(row * (depth + Padding)) + k] * values[(k * TileKernel.Columns) + column];
                    }

                    Assert.Equal(expected, c[i], 1e-6 * (depth + 1));
                }
            }
        }
    }

    private static void Multiply(int rows, int depth, float[] a, float* b, PanelLayout layout, float[] c, bool accumulates, bool fetches)
    {
        nint noOffset = 0;
        nint rowStride = (depth + Padding) * sizeof(float);
        TileArguments arguments = new()
        {
            Segments = &noOffset,
            SegmentCount = 1,
            Count = depth,
            RowStride = rowStride,
            DepthStride = sizeof(float),
            StrideB = layout.Stride,
            HalvesOfB = layout.Halves,
            StrideC = TileKernel.Columns + Padding,
            NextStep = fetches ? TileKernel.StepOfNextRows(rowStride, depth) : 0,
            Accumulate = accumulates,
        };
        fixed (float* source = a, destination = c)
        {
            TileKernel.Multiply(rows, in arguments, (byte*)source, b, destination);
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        System.Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
