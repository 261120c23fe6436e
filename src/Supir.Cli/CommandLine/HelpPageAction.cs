using System.CommandLine;
using System.CommandLine.Invocation;

namespace Supir.Cli.CommandLine;

/// <summary>Writes the page about the command that help was asked for.</summary>
internal sealed class HelpPageAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        terminal.Output.Write(HelpPages.For(command.Name, command is RootCommand));
        return ExitCodes.Done;
    }
}
