using Supir.Engine.Cpu.Operations;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class GuidedCutTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 64, 20, 2)]
    [InlineData(1, 8192, 20, 16)]
    [InlineData(3, 7, 7, 64)]
    [InlineData(4, 129, 10, 1)]
    public void Every_row_meets_every_panel_once(int strips, int rows, int panels, int threads)
    {
        GuidedCut cut = new(strips, rows, panels, threads, leastRows: 3, mostRows: 10);
        int[] seen = new int[strips * rows * panels];
        for (int unit = 0; unit < cut.Count; unit++)
        {
            ProductUnit part = cut[unit];
            Assert.InRange(part.EndRow - part.FirstRow, 1, 10);
            for (int row = part.FirstRow; row < part.EndRow; row++)
            {
                for (int panel = part.FirstPanel; panel < part.EndPanel; panel++)
                {
                    seen[(((part.Strip * rows) + row) * panels) + panel]++;
                }
            }
        }

        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Fact]
    public void One_thread_takes_the_largest_units_that_are_equal()
    {
        GuidedCut cut = new(strips: 2, rows: 25, panels: 40, threads: 1, leastRows: 3, mostRows: 10);
        Assert.Equal(
            [new ProductUnit(0, 0, 9, 0, 40), new ProductUnit(0, 9, 17, 0, 40), new ProductUnit(0, 17, 25, 0, 40), new ProductUnit(1, 0, 9, 0, 40)],
            [cut[0], cut[1], cut[2], cut[3]]);
        Assert.Equal(6, cut.Count);
    }

    [Fact]
    public void Rows_give_way_before_panels_do()
    {
        GuidedCut cut = new(strips: 1, rows: 64, panels: 20, threads: 2, leastRows: 4, mostRows: 10);
        ProductUnit last = cut[cut.Count - 1];
        Assert.Equal(new ProductUnit(0, 0, 10, 0, 20), cut[0]);
        Assert.Equal((64, 19, 20), (last.EndRow, last.FirstPanel, last.EndPanel));
        Assert.InRange(last.EndRow - last.FirstRow, 3, 5);
    }

    [Fact]
    public void No_unit_but_the_last_of_its_rows_has_fewer_panels_than_are_worth_it()
    {
        GuidedCut cut = new(strips: 1, rows: 8, panels: 40, threads: 2, leastRows: 8, mostRows: 8, leastPanels: 5);
        Assert.Equal([15, 9, 6, 5, 5], Enumerable.Range(0, cut.Count).Select(unit => cut[unit].EndPanel - cut[unit].FirstPanel));
    }

    [Theory]
    [InlineData(1, 2048, 40, 2, 0.02)]
    [InlineData(1, 8192, 20, 2, 0.02)]
    [InlineData(1, 2048, 320, 16, 0.02)]
    [InlineData(1, 8192, 160, 64, 0.02)]
    public void Threads_that_take_units_in_turn_end_at_nearly_the_same_time(int strips, int rows, int panels, int threads, double tolerance)
    {
        GuidedCut cut = new(strips, rows, panels, threads, leastRows: 112, mostRows: 448);
        PriorityQueue<int, int> free = new(Enumerable.Repeat((0, 0), threads));
        int last = 0;
        for (int unit = 0; unit < cut.Count; unit++)
        {
            ProductUnit part = cut[unit];
            int end = free.Dequeue() + ((part.EndRow - part.FirstRow) * (part.EndPanel - part.FirstPanel));
            free.Enqueue(end, end);
            last = Math.Max(last, end);
        }

        double ideal = (double)strips * rows * panels / threads;
        Assert.InRange(last, ideal, ideal * (1 + tolerance));
    }
}
