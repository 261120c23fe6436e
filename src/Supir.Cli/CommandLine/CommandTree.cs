using System.CommandLine;
using System.CommandLine.Help;
using Supir.Cli.Commands;
using Supir.Restoration;
using Supir.Restoration.Options;

namespace Supir.Cli.CommandLine;

/// <summary>The commands with their arguments, as the parser wants them.</summary>
internal static class CommandTree
{
    /// <summary>Describes all commands; they write to a terminal and stop when asked.</summary>
    public static RootCommand Build(Terminal terminal, HeadStart ahead, CancellationToken stop)
    {
        RootCommand root = new("Restores photographs.") { Restore(terminal, ahead, stop), Rerun(terminal, stop), CaptionBranch.Build(terminal, stop), ListPresets(terminal), Inspect(terminal), Convert(terminal, stop), Doctor(terminal), Bench(terminal, stop), Serve(terminal, stop) };
        foreach (Option option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption => new HelpPageAction(terminal),
                VersionOption => new VersionAction(terminal),
                _ => option.Action,
            };
        }

        root.SetAction(_ =>
        {
            terminal.Error.Write(HelpPages.For(root.Name, isRoot: true));
            return ExitCodes.User;
        });
        return root;
    }

    /// <summary>Whether the help is wanted, which is given however wrong the rest is.</summary>
    public static bool AsksForHelp(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        return parsed.Action is HelpPageAction;
    }

    /// <summary>What is wrong with a command line that cannot be parsed, and where to read more.</summary>
    public static string Explain(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        Command command = parsed.CommandResult.Command;
        string help = command is RootCommand ? "supir --help" : $"supir {command.Name} --help";
        string what = parsed.UnmatchedTokens.Count > 0 ? Unknown(parsed.UnmatchedTokens[0], command) : parsed.Errors[0].Message.TrimEnd('.') + ".";
        return Fault.OneLine($"{what} See {help}.");
    }

    private static string Unknown(string token, Command command) =>
        token.StartsWith('-') ? $"There is no option {token}."
        : command is RootCommand ? $"There is no command '{token}'."
        : $"'{token}' is one argument too many.";

    private static Command Restore(Terminal terminal, HeadStart ahead, CancellationToken stop)
    {
        Argument<string?> picture = new Argument<string?>("PICTURE") { Arity = ArgumentArity.ZeroOrOne }.ForFiles();
        Command command = new("restore") { picture };
        foreach (Flag flag in RestoreFlags.All)
        {
            command.Add(OptionOf(flag));
        }

        command.SetAction(parsed =>
        {
            string? One(string name) => parsed.GetValue<string>(name);
            return RestoreCommand.Run(
                new RestoreRequest(
                    SamePlace("PICTURE", parsed.GetValue(picture), "--img_dir", One("--img_dir")) ?? throw new OptionException("PICTURE is missing. See supir restore --help."),
                    SamePlace("--output", One("--output"), "--save_dir", One("--save_dir")),
                    One("--opt"),
                    One("--device"),
                    One("--threads"),
                    One("--ram"),
                    One("--tile_map"),
                    RestoreFlags.All.Where(flag => flag.IsSetting).ToDictionary(flag => flag.Setting, flag => One(flag.Name)))
                {
                    SavesAsReference = One("--save_dir") is not null,
                    Vram = One("--vram"),
                    Model = ModelOf(parsed),
                    Captions = One("--captions"),
                    Captioning = RestoreFlags.All.Where(flag => flag.Group == CaptionFlags.Group).ToDictionary(flag => flag.Setting, flag => One(flag.Name)),
                    Pattern = One("--pattern"),
                    Order = One("--order"),
                    Log = One("--log"),
                    Journal = One("--journal"),
                },
                ahead,
                terminal,
                stop);
        });
        return command;
    }

    private static ModelOverrides ModelOf(ParseResult parsed) =>
        new(CheckpointPaths.Keys.ToDictionary(key => key, key => parsed.GetValue<string>($"--{key}")))
        {
            PathsFile = parsed.GetValue<string>("--checkpoints"),
            Loras = parsed.GetValue<string[]>("--lora") ?? [],
            HalfParameters = SwitchValue.Parse("--loading_half_params", parsed.GetValue<string>("--loading_half_params")),
        };

    private static Option OptionOf(Flag flag)
    {
        Option option = flag.IsRepeatable ? new Option<string[]>(flag.Name) : new Option<string>(flag.Name);
        if (flag.ValueName == "FILE")
        {
            option.ForFiles();
        }

        if (flag.Name == "--output")
        {
            option.Aliases.Add("-o");
        }

        return option;
    }

    /// <summary>A place that has two names.</summary>
    private static string? SamePlace(string name, string? value, string otherName, string? otherValue) => value is not null && otherValue is not null
        ? throw new OptionException($"{otherName}: is the same as {name}, which is given too; give one.")
        : value ?? otherValue;

    private static Command ListPresets(Terminal terminal)
    {
        Command command = new("presets");
        command.SetAction(_ => PresetsCommand.Run(terminal));
        return command;
    }

    private static Command Rerun(Terminal terminal, CancellationToken stop)
    {
        Argument<string> picture = new Argument<string>("PICTURE").ForFiles();
        Option<string> input = new Option<string>("--input").ForFiles();
        Command command = new("rerun") { picture, input };
        foreach (Flag flag in RestoreFlags.All.Where(flag => flag.IsOfRerun))
        {
            command.Add(OptionOf(flag));
        }

        command.SetAction(parsed => RerunCommand.Run(
            new RerunRequest(
                parsed.GetRequiredValue(picture),
                parsed.GetValue(input),
                parsed.GetValue<string>("--output"),
                parsed.GetValue<string>("--opt"),
                parsed.GetValue<string>("--device"),
                parsed.GetValue<string>("--threads"),
                parsed.GetValue<string>("--ram"))
            {
                Vram = parsed.GetValue<string>("--vram"),
                Model = ModelOf(parsed),
            },
            terminal,
            stop));
        return command;
    }

    private static Command Inspect(Terminal terminal)
    {
        Argument<string> file = new Argument<string>("FILE").ForFiles();
        Option<bool> json = new("--json");
        Command command = new("inspect") { file, json };
        command.SetAction(parsed => InspectCommand.Run(parsed.GetRequiredValue(file), parsed.GetValue(json), terminal));
        return command;
    }

    private static Command Doctor(Terminal terminal)
    {
        Command command = new("doctor");
        command.SetAction(_ => DoctorCommand.Run(terminal));
        return command;
    }

    private static Command Bench(Terminal terminal, CancellationToken stop)
    {
        Option<string> threads = new("--threads");
        Option<bool> full = new("--full");
        Option<string> size = new("--size");
        Option<bool> profile = new("--profile");
        Option<string> checkpoint = new("--checkpoint");
        Option<bool> eightBit = new("--int8");
        Option<string> only = new("--only");
        Option<string> write = new("--write-checkpoint");
        Option<bool> language = new("--language");
        Option<bool> gpu = new("--gpu");
        Command command = new("bench") { threads, full, size, profile, checkpoint, eightBit, only, write, language, gpu };
        command.SetAction(parsed => BenchCommand.Run(
            new BenchRequest
            {
                Threads = parsed.GetValue(threads),
                Full = parsed.GetValue(full),
                Size = parsed.GetValue(size),
                Profile = parsed.GetValue(profile),
                Checkpoint = parsed.GetValue(checkpoint),
                EightBit = parsed.GetValue(eightBit),
                Only = parsed.GetValue(only),
                WriteCheckpoint = parsed.GetValue(write),
                Language = parsed.GetValue(language),
                Gpu = parsed.GetValue(gpu),
            },
            terminal,
            stop));
        return command;
    }

    private static Command Serve(Terminal terminal, CancellationToken stop)
    {
        Command command = new("serve");
        Dictionary<string, Option<string>> options = [];
        foreach (Flag flag in ServeFlags.All)
        {
            Option<string> option = new(flag.Name);
            options.Add(flag.Setting, flag.ValueName == "FILE" ? option.ForFiles() : option);
            command.Add(option);
        }

        command.SetAction(parsed => ServeCommand.Run(options.ToDictionary(entry => entry.Key, entry => parsed.GetValue(entry.Value)), terminal, stop));
        return command;
    }

    private static Command Convert(Terminal terminal, CancellationToken stop)
    {
        Argument<string[]> files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore }.ForFiles();
        Option<string> output = new Option<string>("--output").ForFiles();
        output.Aliases.Add("-o");
        Option<string> type = new("--type");
        Option<string> clip = new("--llava_clip");
        Command command = new("convert") { files, output, type, clip };
        command.SetAction(parsed => ConvertCommand.Run(
            parsed.GetRequiredValue(files), parsed.GetValue(output), parsed.GetValue(type), parsed.GetValue(clip), terminal, stop));
        return command;
    }
}
