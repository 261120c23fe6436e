using System.Globalization;
using Supir.Restoration;
using Supir.Restoration.Journals;

namespace Supir.Cli.Commands;

/// <summary>The value of <c>--journal</c>.</summary>
internal static class JournalPause
{
    private const double MostSeconds = 86_400;
    private const double Never = -1;

    /// <summary>How often a run keeps its state at most; <c>null</c> for never.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null)
        {
            return RunJournal.UsualInterval;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is Never or (>= 0 and <= MostSeconds)
            ? seconds == Never ? null : TimeSpan.FromSeconds(seconds)
            : throw new OptionException($"--journal: must be a number of seconds from 0 to {MostSeconds.ToString(CultureInfo.InvariantCulture)}, or -1 for none, but is '{text}'.");
    }
}
