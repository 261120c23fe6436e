using System.Globalization;
using Supir.Restoration;

namespace Supir.Cli.Commands;

/// <summary>The value of <c>--threads</c>.</summary>
internal static class ThreadCount
{
    /// <summary>More threads than any machine has processors.</summary>
    private const int Most = 1024;

    /// <summary>The number of threads; 0, which means one a processor, if none was given.</summary>
    public static int Parse(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= Most
            ? threads
            : throw new OptionException($"--threads: must be a whole number from 1 to {Most} but is '{text}'.");
    }
}
