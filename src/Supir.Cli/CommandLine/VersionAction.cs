using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Supir.Cli.CommandLine;

/// <summary>Writes the version and under which terms code and weights may be used.</summary>
internal sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <summary>The program's version, such as "0.1.0".</summary>
    public static string Version { get; } =
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        terminal.Output.Write(
            $"""
            supir {Version}
            Code: MIT licence. The small checkpoint that comes along: CC BY-SA 4.0.
            SUPIR's published weights (SUPIR-v0Q, SUPIR-v0F) are for non-commercial use only, and so is what derives from them.

            """);
        return ExitCodes.Done;
    }
}
