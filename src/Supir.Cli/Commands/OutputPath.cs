using Supir.Restoration;
using Supir.Restoration.Imaging;

namespace Supir.Cli.Commands;

/// <summary>Where a restored picture goes.</summary>
internal static class OutputPath
{
    private const string DefaultEnding = ".restored";

    /// <summary>The path that was asked for, or NAME.restored.png (or of the format that was asked for) beside the picture.</summary>
    /// <exception cref="OptionException">It is the picture itself, which would be lost, or its extension names another format.</exception>
    public static string Of(string picture, string? asked, PictureFormat? format)
    {
        string output = asked ?? Path.Combine(
            Path.GetDirectoryName(picture) ?? "", Path.GetFileNameWithoutExtension(picture) + DefaultEnding + ExtensionOf(format ?? PictureFormat.Png));
        if (format is not null && SupportedFormats.ForWriting(output) is PictureFormat named && named != format)
        {
            throw new OptionException($"--format: the output's name {output} asks for {named}, not for {format}; leave one of both out.");
        }

        return output.Length == 0
            ? throw new OptionException("--output: is empty; name a file.")
            : Resolve(output) == Resolve(picture)
                ? throw new OptionException($"--output: {output} is the picture itself, which is never overwritten; name another file.")
                : output;
    }

    /// <summary>The extension that a written format has.</summary>
    public static string ExtensionOf(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => ".jpg",
        PictureFormat.WebP => ".webp",
        PictureFormat.Tiff => ".tif",
        _ => ".png",
    };

    /// <summary>A path for each sample: the path itself for one unless that is numbered, too; NAME_0, NAME_1, … for several.</summary>
    public static string[] ForSamples(string path, int samples, bool isNumbered = false) => samples == 1 && !isNumbered
        ? [path]
        : [.. Enumerable.Range(0, samples).Select(sample => Path.Combine(
            Path.GetDirectoryName(path) ?? "", FormattableString.Invariant($"{Path.GetFileNameWithoutExtension(path)}_{sample}{Path.GetExtension(path)}")))];

    /// <summary>The full path of what a path leads to, with links of the file and of its folder followed.</summary>
    private static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            string folder = Path.GetDirectoryName(full) ?? full;
            string realFolder = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
            string inFolder = Path.Combine(realFolder, Path.GetFileName(full));
            return File.ResolveLinkTarget(inFolder, returnFinalTarget: true)?.FullName ?? inFolder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A path that leads nowhere is reported by whoever opens it.
            return full;
        }
    }
}
