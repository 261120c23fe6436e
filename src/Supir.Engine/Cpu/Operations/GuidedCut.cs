namespace Supir.Engine.Cpu.Operations;

/// <summary>Cuts rows × panels into units for threads that take them in turn: large ones first, the last ones small.</summary>
/// <remarks>
/// Guided self-scheduling (Polychronopoulos and Kuck 1987, IEEE Transactions on Computers C-36): a unit is a part of a thread's share of what
/// is left, so that all threads end at nearly the same time. A unit brings its rows into the caches, which costs as much as multiplying them
/// by an eighth of a panel, and widens its panels, which costs as much as multiplying three rows by them: so a unit should have many of both.
/// Rows give way first, down to <c>leastRows</c>, then panels. One thread waits for nobody and gets the largest units.
/// </remarks>
internal sealed class GuidedCut
{
    /// <summary>A unit is at most this part of a thread's share of what is left: threads are rarely equally fast.</summary>
    private const double PartOfShare = 0.75;

    private readonly ProductUnit[] _units;

    /// <summary>Cuts.</summary>
    /// <param name="strips">Strips of rows that no unit spans two of: images, and columns of them.</param>
    /// <param name="rows">Rows of a strip.</param>
    /// <param name="panels">Panels that every row is multiplied by.</param>
    /// <param name="threads">Threads that take units.</param>
    /// <param name="leastRows">Rows that a unit has at least, where a strip has so many.</param>
    /// <param name="mostRows">Rows that a unit has at most.</param>
    /// <param name="leastPanels">Panels that a unit has at least, but for the last of its rows.</param>
    public GuidedCut(int strips, int rows, int panels, int threads, int leastRows, int mostRows, int leastPanels = 1)
    {
        List<ProductUnit> units = [];
        long left = (long)strips * rows * panels;
        double Share() => threads == 1 ? left : PartOfShare * left / threads;
        for (int strip = 0; strip < strips; strip++)
        {
            int height;
            for (int row = 0; row < rows; row += height)
            {
                height = (int)Math.Min(Math.Max(Share() / panels, leastRows), mostRows);

                // What is left of the strip in equal parts, so that no sliver remains.
                int parts = CpuOperation.DivideUp(rows - row, Math.Max(1, height));
                height = CpuOperation.DivideUp(rows - row, parts);
                int count;
                for (int panel = 0; panel < panels; panel += count)
                {
                    count = (int)Math.Clamp(Share() / height, Math.Min(leastPanels, panels - panel), panels - panel);
                    units.Add(new ProductUnit(strip, row, row + height, panel, panel + count));
                    left -= (long)height * count;
                }
            }
        }

        _units = [.. units];
    }

    /// <summary>How many units there are.</summary>
    public int Count => _units.Length;

    /// <summary>A unit, in the order in which they are to be taken.</summary>
    public ProductUnit this[int unit] => _units[unit];
}

/// <summary>Some rows times some panels.</summary>
/// <param name="Strip">The strip of rows.</param>
/// <param name="FirstRow">The first row, of the strip.</param>
/// <param name="EndRow">The row behind the last one.</param>
/// <param name="FirstPanel">The first panel.</param>
/// <param name="EndPanel">The panel behind the last one.</param>
internal readonly record struct ProductUnit(int Strip, int FirstRow, int EndRow, int FirstPanel, int EndPanel);
