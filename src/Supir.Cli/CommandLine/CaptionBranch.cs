using System.CommandLine;
using Supir.Cli.Commands;

namespace Supir.Cli.CommandLine;

/// <summary><c>supir caption</c> with its arguments, as the parser wants it.</summary>
internal static class CaptionBranch
{
    /// <summary>Describes the command.</summary>
    public static Command Build(Terminal terminal, CancellationToken stop)
    {
        Argument<string[]> pictures = new Argument<string[]>("PICTURE") { Arity = ArgumentArity.OneOrMore }.ForFiles();
        Option<bool> overwrite = new("--overwrite");
        Option<string> parallel = new("--parallel");
        Option<string> threads = new("--threads");
        Option<string> ram = new("--ram");
        Command command = new("caption") { pictures, overwrite, parallel, threads, ram };
        Dictionary<Flag, Option<string>> options = CaptionFlags.All.ToDictionary(flag => flag, flag => new Option<string>(flag.Name));
        foreach (Option<string> option in options.Values)
        {
            command.Add(option);
        }

        command.SetAction(parsed => CaptionCommand.Run(
            new CaptionRequest(
                parsed.GetRequiredValue(pictures), parsed.GetValue(overwrite), parsed.GetValue(parallel), parsed.GetValue(threads), parsed.GetValue(ram),
                options.ToDictionary(entry => entry.Key.Setting, entry => parsed.GetValue(entry.Value))),
            terminal,
            stop));
        return command;
    }
}
