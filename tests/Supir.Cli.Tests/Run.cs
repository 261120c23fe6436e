namespace Supir.Cli.Tests;

/// <summary>What a command line came to.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    /// <summary>The lines on the error stream.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the program in this process.</summary>
    public static Run Of(params string[] args) => Of(new StringWriter(), isScreen: false, CancellationToken.None, args);

    /// <summary>Runs the program with an error stream of the caller's.</summary>
    public static Run Of(StringWriter error, bool isScreen, CancellationToken stop, params string[] args)
    {
        StringWriter output = new();
        int exitCode = Application.Run(args, new Terminal(output, error, isScreen), stop);
        return new Run(exitCode, output.ToString(), error.ToString());
    }
}
