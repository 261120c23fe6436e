namespace Supir.Restoration;

/// <summary>Refuses to write what a disk has no room for, before anything is written.</summary>
public static class DiskRoom
{
    private const double Gigabyte = 1e9;

    /// <summary>Looks at the disk of a file or folder that is to be written.</summary>
    /// <param name="output">What <c>--output</c> names.</param>
    /// <param name="needed">Bytes that it will take.</param>
    /// <exception cref="OptionException">There is less room, or no such folder.</exception>
    public static void Require(string output, long needed)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(output));
        if (!Directory.Exists(folder))
        {
            throw new OptionException($"--output: there is no folder {folder} in which to write {Path.GetFileName(output)}.");
        }

        Require(output, needed, new DriveInfo(folder).AvailableFreeSpace);
    }

    /// <summary>Compares with the bytes that are free.</summary>
    internal static void Require(string output, long needed, long free)
    {
        if (needed > free)
        {
            throw new OptionException(FormattableString.Invariant(
                $"--output: {output} takes {needed / Gigabyte:F2} GB, but only {free / Gigabyte:F2} GB are free there; name another disk."));
        }
    }
}
