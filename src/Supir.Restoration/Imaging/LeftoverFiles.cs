namespace Supir.Restoration.Imaging;

/// <summary>Temporary files of runs that were killed.</summary>
public static class LeftoverFiles
{
    /// <summary>Removes those beside a file that is about to be written.</summary>
    public static void Remove(string path) => RemoveFrom(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", SearchOption.TopDirectoryOnly);

    /// <summary>Removes those in a folder. Files that a running process still writes to are locked, and stay.</summary>
    public static void RemoveFrom(string folder, SearchOption depth)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = depth == SearchOption.AllDirectories, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (string file in Directory.EnumerateFiles(folder, TemporaryFile.Pattern, options))
        {
            try
            {
                using FileStream unlocked = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody else's, or gone.
            }
        }
    }
}
