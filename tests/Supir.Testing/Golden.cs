namespace Supir.Testing;

/// <summary>Where the golden files lie.</summary>
public static class Golden
{
    /// <summary>The full path of a file under tests/goldens.</summary>
    public static string PathOf(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "goldens", file);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException($"No tests/goldens/{file} above {AppContext.BaseDirectory}.");
    }
}
