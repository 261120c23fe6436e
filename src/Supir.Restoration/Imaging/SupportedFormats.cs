using System.Runtime.InteropServices;
using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Imaging;

/// <summary>The picture library that was found and what it can do, for <c>supir doctor</c>.</summary>
public static class SupportedFormats
{
    /// <summary>The version of libvips, such as "8.14.1".</summary>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static string LibraryVersion
    {
        get
        {
            VipsLibrary.RequireStarted();
            return Marshal.PtrToStringUTF8(VipsLibrary.vips_version_string()) ?? "";
        }
    }

    /// <summary>Every format we know, with what the installed library can do.</summary>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static IReadOnlyList<FormatSupport> Find() =>
        [.. Enum.GetValues<PictureFormat>().Select(static format => new FormatSupport(format, CanRead(format), CanWrite(format)))];

    /// <summary>The format that a path's extension asks for; null where we do not write it.</summary>
    public static PictureFormat? ForWriting(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => PictureFormat.Png,
        ".JPG" or ".JPEG" => PictureFormat.Jpeg,
        ".WEBP" => PictureFormat.WebP,
        ".TIF" or ".TIFF" => PictureFormat.Tiff,
        _ => null,
    };

    internal static bool CanRead(PictureFormat format) => VipsOperation.Exists(Loader(format));

    internal static bool CanWrite(PictureFormat format) => Saver(format) is string saver && VipsOperation.Exists(saver);

    /// <summary>libvips' name for the operation that reads a format from memory.</summary>
    internal static string Loader(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpegload_buffer",
        PictureFormat.Png => "pngload_buffer",
        PictureFormat.WebP => "webpload_buffer",
        PictureFormat.Tiff => "tiffload_buffer",
        PictureFormat.Avif or PictureFormat.Heic => "heifload_buffer",
        PictureFormat.JpegXl => "jxlload_buffer",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>libvips' name for the operation that writes a format to memory; null for those that we only read.</summary>
    internal static string? Saver(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpegsave_buffer",
        PictureFormat.Png => "pngsave_buffer",
        PictureFormat.WebP => "webpsave_buffer",
        PictureFormat.Tiff => "tiffsave_buffer",
        _ => null,
    };
}
