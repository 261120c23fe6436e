using System.IO.Enumeration;

namespace Supir.Cli.Folders;

/// <summary>Which files of a folder are meant, by their names.</summary>
internal static class PictureNames
{
    private static readonly HashSet<string> Extensions =
        new([".jpg", ".jpeg", ".jpe", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif", ".jxl"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name ends as a picture's does.</summary>
    public static bool IsPicture(string name) => Extensions.Contains(Path.GetExtension(name));

    /// <summary>Whether a path from the folder is meant by a pattern: of the whole path where the pattern has a "/", else of the name.</summary>
    public static bool Matches(string name, string? pattern) => pattern is null || FileSystemName.MatchesSimpleExpression(
        pattern, pattern.Contains('/', StringComparison.Ordinal) ? name : Path.GetFileName(name), ignoreCase: true);

    /// <summary>What the restored pictures are called: the old name with the new extension. Where two pictures would get the same name, both
    /// keep their old extension before the new one.</summary>
    /// <param name="names">Paths from the folder, all different.</param>
    /// <param name="extension">The new extension.</param>
    public static IReadOnlyDictionary<string, string> Outputs(IReadOnlyCollection<string> names, string extension)
    {
        Dictionary<string, string> outputs = names.ToDictionary(name => name, name => Path.ChangeExtension(name, extension));
        while (true)
        {
            string[] shared = [.. outputs.GroupBy(entry => entry.Value, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
                .SelectMany(group => group.Select(entry => entry.Key)).Where(name => outputs[name] != name + extension)];
            if (shared.Length == 0)
            {
                return outputs;
            }

            foreach (string name in shared)
            {
                outputs[name] = name + extension;
            }
        }
    }
}
