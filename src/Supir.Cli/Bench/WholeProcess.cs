using System.Diagnostics;

namespace Supir.Cli.Bench;

/// <summary>Times this very program as a process of its own, from its start to its end.</summary>
internal static class WholeProcess
{
    /// <summary>Seconds that a command line takes, and those of them that its products took.</summary>
    /// <param name="answer">A file for the time of the products.</param>
    /// <param name="arguments">The arguments, without the program's name: a restoration on the processor.</param>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static (double Whole, double Products) Time(string answer, params IEnumerable<string> arguments)
    {
        // Started by its own name, or by "dotnet" with the name of what that is to run.
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say which program runs.");
        string[] library = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        ProcessStartInfo start = new(program, [.. library, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ProductTime.Variable] = answer;
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        _ = output.Result;
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return process.ExitCode == ExitCodes.Done
            ? (seconds, ProductTime.Read(answer))
            : throw new InvalidOperationException($"supir {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
    }
}
