using System.CommandLine;
using System.CommandLine.Parsing;

namespace Supir.Cli.CommandLine;

/// <summary>Refuses empty names of files: a script's variable that is not set is told by the name of the argument that it stood for.</summary>
internal static class FileNames
{
    /// <summary>An argument that names files.</summary>
    public static Argument<T> ForFiles<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result => RefuseEmpty(argument.Name, result));
        return argument;
    }

    /// <summary>An option that names a file.</summary>
    public static T ForFiles<T>(this T option)
        where T : Option
    {
        option.Validators.Add(result => RefuseEmpty(option.Name, result));
        return option;
    }

    private static void RefuseEmpty(string name, SymbolResult result)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError($"{name}: is empty; name a file.");
        }
    }
}
