using System.Diagnostics;
using System.Globalization;

namespace Supir.Checkpoints.Conversion;

/// <summary>The names that conversions write under until they are done, OUT.PID.part, and what killed ones have left there.</summary>
public static class UnfinishedConversion
{
    private const string Ending = ".part";

    /// <summary>Where this process writes what is to be called <paramref name="path"/>.</summary>
    public static string PathOf(string path) => NameOf(path, Environment.ProcessId);

    /// <summary>Removes what killed conversions to the same place have left: gigabytes that nothing else would remove.</summary>
    /// <remarks>A file goes if its process is gone and nobody has it locked, as whoever writes it has (which holds for other containers on the
    /// same disk, too, whose processes cannot be seen). A folder goes by the weights that were being written in it.</remarks>
    /// <param name="path">The file or folder that a conversion is about to write.</param>
    public static void RemoveLeftovers(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        DirectoryInfo beside = new(Path.GetDirectoryName(full) ?? "/");
        if (!beside.Exists)
        {
            return;
        }

        foreach (FileSystemInfo entry in beside.GetFileSystemInfos())
        {
            if (ProcessOf(entry.Name, Path.GetFileName(full)) is int process && entry.LinkTarget is null && !IsAlive(process))
            {
                Remove(entry, process);
            }
        }
    }

    private static string NameOf(string path, int process) => string.Create(CultureInfo.InvariantCulture, $"{path}.{process}{Ending}");

    /// <summary>The process that wrote a file of that name; <c>null</c> where it is no unfinished <paramref name="target"/>.</summary>
    private static int? ProcessOf(string name, string target) =>
        name.Length > target.Length + Ending.Length
            && int.TryParse(name.AsSpan(target.Length + 1, name.Length - target.Length - 1 - Ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && name == NameOf(target, process) ? process : null;

    /// <summary>Whether another process has the number now; this one has not begun to write.</summary>
    private static bool IsAlive(int process)
    {
        if (process == Environment.ProcessId)
        {
            return false;
        }

        try
        {
            using Process found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(FileSystemInfo entry, int process)
    {
        try
        {
            string[] written = entry is DirectoryInfo
                ? [.. Directory.EnumerateFiles(entry.FullName).Where(file => file.EndsWith(NameOf("", process), StringComparison.Ordinal))]
                : [entry.FullName];
            if (written.Length != 1)
            {
                return;
            }

            using FileStream unlocked = new(written[0], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or gone.
        }
    }
}
