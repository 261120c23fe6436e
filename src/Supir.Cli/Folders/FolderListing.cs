using System.IO.Enumeration;
using Supir.Cli.Commands;
using Supir.Restoration;

namespace Supir.Cli.Folders;

/// <summary>The pictures of a folder and of those in it, in the order in which they are restored.</summary>
/// <param name="Pictures">The pictures.</param>
/// <param name="Others">How many files are no pictures by their name.</param>
internal sealed record FolderListing(IReadOnlyList<FolderPicture> Pictures, int Others)
{
    /// <summary>What <c>--order</c> can be.</summary>
    private static readonly string[] Orders = ["name", "smallest", "largest", "oldest", "newest"];

    /// <summary>Finds the pictures. Hidden files and folders are not looked at, links to folders are not followed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="output">The folder to write to; what lies in it is not restored.</param>
    /// <param name="pattern">Which pictures are meant, or <c>null</c> for all.</param>
    /// <param name="order">One of <see cref="Orders"/>, or <c>null</c> for the first.</param>
    /// <param name="extension">The extension to write.</param>
    /// <param name="samples">How many pictures each becomes.</param>
    /// <param name="isNumbered">Whether a single one, too, has its number in its name, as test.py has it.</param>
    /// <exception cref="OptionException">There is no such order.</exception>
    public static FolderListing Read(string folder, string output, string? pattern, string? order, string extension, int samples, bool isNumbered)
    {
        order ??= Orders[0];
        if (!Orders.Contains(order))
        {
            throw new OptionException($"--order: must be one of {string.Join(", ", Orders)} but is '{order}'.");
        }

        string root = Path.GetFullPath(folder);
        string written = Path.GetFullPath(output) + Path.DirectorySeparatorChar;
        List<(FileInfo File, string Name)> pictures = [];
        int others = 0;
        foreach (FileInfo file in FilesIn(root))
        {
            string name = Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (file.FullName.StartsWith(written, StringComparison.Ordinal))
            {
                continue;
            }

            bool isPicture = PictureNames.IsPicture(name);
            others += isPicture ? 0 : 1;
            if (isPicture && PictureNames.Matches(name, pattern))
            {
                pictures.Add((file, name));
            }
        }

        IReadOnlyDictionary<string, string> outputs = PictureNames.Outputs([.. pictures.Select(picture => picture.Name)], extension);
        return new FolderListing(
            [.. Sorted(pictures, order).Select(picture => new FolderPicture(
                picture.Name, Path.Combine(folder, picture.Name), OutputPath.ForSamples(Path.Combine(output, outputs[picture.Name]), samples, isNumbered)))],
            others);
    }

    private static FileSystemEnumerable<FileInfo> FilesIn(string root) =>
        new(root, (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !entry.FileName.StartsWith('.'),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0 && !entry.FileName.StartsWith('.'),
        };

    private static IEnumerable<(FileInfo File, string Name)> Sorted(List<(FileInfo File, string Name)> pictures, string order)
    {
        IOrderedEnumerable<(FileInfo File, string Name)> sorted = order switch
        {
            "smallest" => pictures.OrderBy(picture => picture.File.Length),
            "largest" => pictures.OrderByDescending(picture => picture.File.Length),
            "oldest" => pictures.OrderBy(picture => picture.File.LastWriteTimeUtc),
            "newest" => pictures.OrderByDescending(picture => picture.File.LastWriteTimeUtc),
            _ => pictures.OrderBy(_ => 0),
        };
        return sorted.ThenBy(picture => picture.Name, StringComparer.Ordinal);
    }
}
