using Supir.Restoration;

namespace Supir.Cli;

/// <summary>The files that come with the program: options, checkpoint. They lie in its folder or in one above it.</summary>
internal static class ShippedFiles
{
    /// <summary>The options file that counts when <c>--opt</c> names none.</summary>
    public static string DefaultOptions => Find("options", "SUPIR_mini.yaml");

    /// <summary>The options file of the published model.</summary>
    public static string PublishedOptions => Find("options", "SUPIR_v0.yaml");

    /// <summary>An options file that comes along, by its name.</summary>
    public static string OptionsNamed(string name) => Find("options", name);

    /// <summary>Names and shapes of the published model's tensors, from which weights for measuring are computed; in a clone only.</summary>
    public static string FullManifest => Find("tests", "goldens", "full.manifest.json");

    /// <summary>The folder of the options files that come along; <c>null</c> where the program lies alone.</summary>
    public static string? OptionsFolder => Path.GetDirectoryName(Look(Path.Combine("options", "SUPIR_mini.yaml")));

    /// <summary>The full path of a shipped file.</summary>
    /// <exception cref="OptionException">There is none.</exception>
    private static string Find(params string[] parts)
    {
        string name = Path.Combine(parts);
        return Look(name) ?? throw new OptionException(
            $"The program's own {name} is neither in {AppContext.BaseDirectory} nor in a folder above it: run the program from its clone, or name an options file with --opt.");
    }

    private static string? Look(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
