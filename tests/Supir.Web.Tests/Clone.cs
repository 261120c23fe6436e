namespace Supir.Web.Tests;

/// <summary>Files of this clone.</summary>
internal static class Clone
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder, given from the root.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Supir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No Supir.slnx above the tests.");
    }
}
