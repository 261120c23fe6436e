using System.Globalization;

namespace Supir.Restoration;

/// <summary>The memory that this process really holds, by the system's count: pages of mapped files among them.</summary>
public static class ProcessMemory
{
    private const string StatusFile = "/proc/self/status";
    private const string PeakField = "VmHWM:";

    /// <summary>Linux: resets the peak. See proc_pid_clear_refs(5).</summary>
    private const string ResetFile = "/proc/self/clear_refs";

    private const string ResetPeak = "5";
    private const long BytesPerKilobyte = 1024;

    /// <summary>The most bytes that were resident at once, since the start or since <see cref="StartPeak"/>; <c>null</c> where the system does not say.</summary>
    public static long? Peak()
    {
        if (!File.Exists(StatusFile))
        {
            return null;
        }

        string? line = File.ReadLines(StatusFile).FirstOrDefault(line => line.StartsWith(PeakField, StringComparison.Ordinal));
        string[] words = line?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * BytesPerKilobyte
            : null;
    }

    /// <summary>Begins to look for the peak anew, where the system allows it.</summary>
    /// <returns>Whether it does.</returns>
    public static bool StartPeak()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            File.WriteAllText(ResetFile, ResetPeak);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
