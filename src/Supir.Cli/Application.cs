using System.CommandLine;
using Supir.Cli.CommandLine;
using Supir.Cli.Commands;

namespace Supir.Cli;

/// <summary>The whole program, from arguments to exit code.</summary>
internal static class Application
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="stop">Asks a running command to end cleanly.</param>
    /// <returns>One of <see cref="ExitCodes"/>. Everything but <see cref="ExitCodes.Done"/> comes with a line on the error stream.</returns>
    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken stop)
    {
        try
        {
            using HeadStart ahead = new();
            if (args is ["restore", ..])
            {
                // While the arguments are parsed.
                ahead.ReadShippedOptions();
            }

            RootCommand root = CommandTree.Build(terminal, ahead, stop);
            ParserConfiguration rules = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
            ParseResult parsed = root.Parse(ArgumentSpelling.Normalise(args), rules);
            return parsed.Errors.Count == 0 || CommandTree.AsksForHelp(parsed)
                ? parsed.Invoke(new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                })
                : Report(terminal, new Fault(ExitCodes.User, CommandTree.Explain(parsed)));
        }
#pragma warning disable CA1031 // Here every exception ends: Fault says what it means.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (Environment.GetEnvironmentVariable(Fault.DebugVariable) == "1")
            {
                terminal.Error.WriteLine(exception);
            }

            return Report(terminal, Fault.Of(exception));
        }
    }

    private static int Report(Terminal terminal, Fault fault)
    {
        terminal.Error.WriteLine($"supir: {fault.Message}");
        return fault.ExitCode;
    }
}
