using System.Text.RegularExpressions;

namespace Supir.Restoration.Options;

/// <summary>Reads a Python file of plain assignments, <c>NAME = 'text'</c> or <c>NAME = None</c>, as text: nothing in it is run.</summary>
internal static partial class PythonAssignments
{
    /// <summary>The assignments of a file, a later one of the same name overriding.</summary>
    /// <exception cref="OptionException">A line is anything else; the message names it.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string text, string file)
    {
        Dictionary<string, string?> values = [];
        string[] lines = text.TrimStart('\uFEFF').Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            Match match = Assignment().Match(line);
            if (!match.Success)
            {
                throw new OptionException(
                    $"{file}:{i + 1}: '{line}' is not read: only NAME = 'path' and NAME = None are, since the file is never run. Write the path out.");
            }

            values[match.Groups["name"].Value] = ValueOf(match);
        }

        return values;
    }

    private static string? ValueOf(Match match)
    {
        if (match.Groups["none"].Success)
        {
            return null;
        }

        string content = match.Groups["content"].Value;
        return match.Groups["raw"].Success ? content : Escape().Replace(content, escape => escape.Groups[1].Value);
    }

    // Backslashes stand before quotes and backslashes only: other escapes are not what paths are written with.
    [GeneratedRegex("""^(?<name>[A-Za-z_]\w*)\s*=\s*(?:(?<none>None)|(?<raw>[rR])?(?<quote>['"])(?<content>(?:(?!\k<quote>)[^\\]|\\['"\\]|(?(raw)\\|(?!)))*)\k<quote>)\s*(?:#.*)?$""")]
    private static partial Regex Assignment();

    [GeneratedRegex("""\\(['"\\])""")]
    private static partial Regex Escape();
}
