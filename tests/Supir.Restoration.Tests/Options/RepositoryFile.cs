namespace Supir.Restoration.Tests.Options;

/// <summary>Where the files of this clone lie.</summary>
internal static class RepositoryFile
{
    /// <summary>The full path of a file, given from the clone's root.</summary>
    public static string PathOf(params string[] parts)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Supir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new DirectoryNotFoundException($"No Supir.slnx above {AppContext.BaseDirectory}.")
            : Path.Combine([folder.FullName, .. parts]);
    }

    /// <summary>The text of one of the options files that are shipped.</summary>
    public static string OptionsText(string name) => File.ReadAllText(PathOf("options", name + ".yaml"));
}
