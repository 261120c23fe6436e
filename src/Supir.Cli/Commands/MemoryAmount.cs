using System.Globalization;
using Supir.Engine;
using Supir.Restoration;

namespace Supir.Cli.Commands;

/// <summary>Amounts of memory as people write and read them: in gigabytes of a thousand million bytes.</summary>
internal static class MemoryAmount
{
    private const double Gigabyte = 1e9;
    private const double Least = 0.1;
    private const double Most = 100_000;

    /// <summary>The value of <c>--ram</c> in bytes; <c>null</c> if none was given.</summary>
    public static long? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double amount) && amount is >= Least and <= Most
            ? (long)(amount * Gigabyte)
            : throw new OptionException($"--ram: must be a number of gigabytes from {Least.ToString(CultureInfo.InvariantCulture)} to {Most.ToString(CultureInfo.InvariantCulture)} but is '{text}'.");
    }

    /// <summary>What a run will take, in a sentence.</summary>
    public static string Describe(MemoryPlan plan)
    {
        string weights = plan.Precision == WeightPrecision.EightBit ? ", with weights kept in 8 bits so that it fits" : "";
        return FormattableString.Invariant($"needs {plan.Bytes / Gigabyte:F1} GB of memory of the {plan.LimitBytes / Gigabyte:F1} GB there are{weights}");
    }
}
