using System.Globalization;

namespace Supir.Cli.Bench;

/// <summary>How fast something would have to be without Winograd's convolutions, to take as long.</summary>
internal static class DirectRate
{
    /// <summary>From here on it is worth a word.</summary>
    private const double LeastRatio = 1.01;

    /// <summary>What to say behind the rate of what is executed; nothing where both are the same.</summary>
    /// <param name="executed">Operations a second that are executed.</param>
    /// <param name="direct">Operations a second, counted as if every tap of a convolution were multiplied.</param>
    public static string Describe(double executed, double direct) =>
        direct / executed < LeastRatio ? "" : string.Create(CultureInfo.InvariantCulture, $"; as direct sums {direct / 1e9:F1}");
}
