using Supir.Restoration;

namespace Supir.Cli;

/// <summary>The files that come with the program: options, checkpoint. They lie in its folder or in one above it.</summary>
internal static class ShippedFiles
{
    /// <summary>The options file that counts when <c>--opt</c> names none.</summary>
    public static string DefaultOptions => Find("options", "SUPIR_mini.yaml");

    /// <summary>The full path of a shipped file.</summary>
    /// <exception cref="OptionException">There is none.</exception>
    private static string Find(params string[] parts)
    {
        string name = Path.Combine(parts);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new OptionException($"The program's own {name} is neither in {AppContext.BaseDirectory} nor in a folder above it; name an options file with --opt.");
    }
}
