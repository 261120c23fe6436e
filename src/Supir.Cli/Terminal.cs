namespace Supir.Cli;

/// <summary>Where the program writes to.</summary>
/// <param name="Output">For results.</param>
/// <param name="Error">For faults and progress, so that results can be piped.</param>
/// <param name="ErrorIsScreen">Whether a person watches <paramref name="Error"/> on a terminal that can redraw lines.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool ErrorIsScreen)
{
    /// <summary>This process's own.</summary>
    public static Terminal OfProcess { get; } = new(
        Console.Out, Console.Error, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));
}
