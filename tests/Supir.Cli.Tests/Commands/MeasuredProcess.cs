using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Supir.Cli.Tests.Commands;

/// <summary>A run of the real program: what it said that it would need, and the most that was resident.</summary>
internal sealed partial record MeasuredProcess(int ExitCode, string Output, string Error, long PeakBytes)
{
    private static readonly TimeSpan TimeBetweenLooks = TimeSpan.FromMilliseconds(5);

    /// <summary>The bytes that the plan named before the run began.</summary>
    public double PlannedBytes => double.Parse(PlannedGigabytes().Match(Error).Groups[1].Value, CultureInfo.InvariantCulture) * 1e9;

    /// <summary>How far the peak was from the plan, as a part of the peak.</summary>
    public double ErrorOfPlan => (PlannedBytes - PeakBytes) / PeakBytes;

    /// <summary>Runs the program to its end.</summary>
    public static MeasuredProcess Of(params string[] args)
    {
        using Process program = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "supir.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = program.StandardOutput.ReadToEndAsync();
        Task<string> error = program.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!program.WaitForExit(TimeBetweenLooks))
        {
            peak = Math.Max(peak, PeakOf(program.Id));
        }

        program.WaitForExit();
        return new MeasuredProcess(program.ExitCode, output.Result, error.Result, peak);
    }

    /// <summary>VmHWM, which never falls: the last look is enough but for what happens in its last milliseconds.</summary>
    private static long PeakOf(int id)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended between the two lines.
            return 0;
        }
    }

    [GeneratedRegex(@"needs ([\d.]+) GB of memory")]
    private static partial Regex PlannedGigabytes();
}
