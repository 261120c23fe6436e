namespace Supir.Cli.CommandLine;

/// <summary>Brings flags to the one spelling that the parser knows: <c>--color-fix-type</c> and <c>--spt_linear_cfg</c> are accepted too.</summary>
internal static class ArgumentSpelling
{
    /// <summary>The arguments with every known flag in its own spelling, and with a value behind every switch that stands alone.</summary>
    /// <remarks>A switch may be given a value, <c>--linear_CFG false</c>, which the reference's command line cannot; the word after a
    /// switch counts as its value only if it is true or false.</remarks>
    public static IReadOnlyList<string> Normalise(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        List<string> result = [];
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
            {
                // What follows are file names, whatever they begin with.
                result.AddRange(args.Skip(i));
                break;
            }

            int end = args[i].IndexOf('=', StringComparison.Ordinal);
            string name = end < 0 ? args[i] : args[i][..end];
            Flag? flag = Find(name);
            if (flag is null)
            {
                result.Add(args[i]);
            }
            else if (end >= 0)
            {
                result.Add(flag.Name + args[i][end..]);
            }
            else if (flag.ValueName is not null)
            {
                // The value is taken as it is: a prompt may look like a flag.
                result.Add(flag.Name);
                if (i + 1 < args.Count && !IsFlag(args[i + 1]))
                {
                    result.Add(args[++i]);
                }
            }
            else
            {
                bool hasValue = i + 1 < args.Count && bool.TryParse(args[i + 1], out _);
                result.Add($"{flag.Name}={(hasValue ? args[++i] : "true")}");
            }
        }

        return result;
    }

    private static bool IsFlag(string argument) => Find(argument.Split('=')[0]) is not null;

    private static Flag? Find(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal)
            ? RestoreFlags.All.Concat(ServeFlags.All).FirstOrDefault(flag => flag.Name.Equals("--" + argument[2..].Replace('-', '_'), StringComparison.OrdinalIgnoreCase))
            : null;
}
