namespace Supir.Cli.Display;

/// <summary>Times as people read them.</summary>
internal static class Durations
{
    /// <summary>To a tenth of a second under ten seconds, to a second above: "0.4 s", "48 s", "3 min 20 s".</summary>
    public static string Exact(TimeSpan time) =>
        time.TotalSeconds < 9.95 ? FormattableString.Invariant($"{time.TotalSeconds:0.0} s") : Rough(time);

    /// <summary>To a second; from an hour on to a minute: "1 s", "3 min 20 s", "2 h 5 min".</summary>
    public static string Rough(TimeSpan time)
    {
        long seconds = Math.Max(1, (long)Math.Round(time.TotalSeconds));
        return seconds < 60 ? $"{seconds} s"
            : seconds < 3600 ? $"{seconds / 60} min {seconds % 60} s"
            : $"{seconds / 3600} h {seconds % 3600 / 60} min";
    }
}
