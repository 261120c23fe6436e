namespace Supir.Restoration.Tiling;

/// <summary>How much each place of a tile counts where tiles overlap: a bell over both sides.</summary>
/// <remarks>w(i) = exp(−(i − m)² / n² / (2 v)) / √(2π v) along a side of n places, with v = 0.01 and the middle m = (n − 1) / 2; the weight
/// of a place is the product over both sides. The reference puts the middle of the vertical side at n / 2, half a place too low.
/// Source: <c>gaussian_weights</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).</remarks>
public static class TileWeights
{
    /// <summary>v, with the side as unit.</summary>
    private const double Variance = 0.01;

    /// <summary>The weights, [height, width].</summary>
    /// <param name="height">Rows of a tile.</param>
    /// <param name="width">Columns of a tile.</param>
    /// <param name="asReference">Whether the vertical middle is the reference's.</param>
    public static double[] Gaussian(int height, int width, bool asReference)
    {
        double[] rows = Bell(height, asReference ? height / 2.0 : (height - 1) / 2.0);
        double[] columns = Bell(width, (width - 1) / 2.0);
        return [.. rows.SelectMany(row => columns.Select(column => row * column))];
    }

    private static double[] Bell(int length, double middle)
    {
        double[] bell = new double[length];
        for (int i = 0; i < length; i++)
        {
            double distance = (i - middle) / length;
            bell[i] = Math.Exp(-(distance * distance) / (2 * Variance)) / Math.Sqrt(2 * Math.PI * Variance);
        }

        return bell;
    }
}
