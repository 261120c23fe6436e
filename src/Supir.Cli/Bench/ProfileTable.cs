using System.Globalization;
using Supir.Engine;

namespace Supir.Cli.Bench;

/// <summary>Where the time of a network went, as two tables.</summary>
internal static class ProfileTable
{
    private const int LongestTable = 40;

    /// <summary>Writes the longest operations, then the longest blocks of layers.</summary>
    public static void Write(Profile profile, double peak, TextWriter output)
    {
        double total = profile.Entries.Sum(entry => entry.Time.TotalSeconds);
        double products = profile.ProductTime.TotalSeconds;
        output.WriteLine("    by operation");
        Write(profile.By(entry => entry.Operation), total, peak, output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    outside matrix products, convolutions and attention: {1 - (products / total):P1}"));
        output.WriteLine("    by layer");
        Write(profile.By(entry => LayerNames.BlockOf(entry.Layer)), total, peak, output);
    }

    private static void Write(IReadOnlyList<ProfileEntry> entries, double total, double peak, TextWriter output)
    {
        foreach (ProfileEntry entry in entries.Take(LongestTable))
        {
            Write(entry, total, peak, output);
        }

        if (entries.Count > LongestTable)
        {
            ProfileEntry rest = entries.Skip(LongestTable).Aggregate(
                new ProfileEntry($"{entries.Count - LongestTable} others", "", 0, 0, TimeSpan.Zero),
                (sum, entry) => sum with { Count = sum.Count + entry.Count, Flops = sum.Flops + entry.Flops, Time = sum.Time + entry.Time });
            Write(rest, total, peak, output);
        }
    }

    private static void Write(ProfileEntry entry, double total, double peak, TextWriter output)
    {
        double seconds = entry.Time.TotalSeconds;
        string rate = entry.Flops > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{entry.Flops / seconds / 1e9,7:F1} GFLOP/s {entry.Flops / seconds / peak,5:P0}")
            : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"    {seconds / total,6:P1} {seconds * 1e3,9:F1} ms {entry.Count,5} x {entry.Operation,-44} {rate}"));
    }
}
