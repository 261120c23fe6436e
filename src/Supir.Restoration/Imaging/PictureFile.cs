using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Imaging;

/// <summary>Reads and writes picture files.</summary>
public static class PictureFile
{
    /// <summary>Reads a JPEG, PNG, WebP, TIFF, AVIF, HEIC or JPEG XL file.</summary>
    /// <remarks>The format is told by the content, never by the name. The result is upright (EXIF orientation applied) and sRGB of
    /// 8 or 16 bits: embedded profiles are applied, CMYK and grey are converted. Alpha is kept apart, and so are the metadata.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="limits">How large it may be; <see cref="PictureLimits.Default"/> where null.</param>
    /// <exception cref="PictureException">There is no such file, or it is not a whole picture within the limits.</exception>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static Picture Load(string path, PictureLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits ??= PictureLimits.Default;
        return PictureDecoder.Decode(ReadBytes(path, limits), path, limits);
    }

    /// <summary>Reads a picture from a file's bytes, as <see cref="Load"/> does.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="limits">How large it may be; <see cref="PictureLimits.Default"/> where null.</param>
    /// <param name="isUpright">Whether it is turned as its EXIF orientation says.</param>
    /// <exception cref="PictureException">The bytes are not a whole picture within the limits.</exception>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static Picture Decode(ReadOnlySpan<byte> bytes, string name, PictureLimits? limits = null, bool isUpright = true)
    {
        limits ??= PictureLimits.Default;
        if (bytes.Length > limits.MaxFileBytes)
        {
            throw TooManyBytes(name, bytes.Length, limits);
        }

        return PictureDecoder.Decode(bytes, name, limits, isUpright);
    }

    /// <summary>Starts libvips, which takes as long as decoding a picture; everything here does so where it is needed.</summary>
    /// <exception cref="MissingLibraryException">It is not installed or does not start.</exception>
    public static void RequireLibrary() => VipsLibrary.RequireStarted();

    /// <summary>The format that a file's first bytes claim; <c>null</c> for anything that is not read.</summary>
    public static PictureFormat? FormatOf(ReadOnlySpan<byte> bytes) => PictureSignature.Find(bytes);

    /// <summary>Checks, before a model is opened, that a file is there and begins as a picture does; whether it goes on as one, decoding tells.</summary>
    /// <exception cref="PictureException">There is no such file, it is too large, or it is no picture that can be read.</exception>
    public static void RequirePicture(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PictureDecoder.RequireFormat(ReadStart(path, PictureLimits.Default, PictureSignature.MostBytes), path);
    }

    /// <summary>Checks, before hours of work, that a picture can be written to a path; nothing is left behind.</summary>
    /// <exception cref="OptionException">The extension is not .png, .jpg, .jpeg, .webp, .tif or .tiff, the path is a folder,
    /// or its folder does not exist or refuses new files.</exception>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static void RequireWritable(string path)
    {
        FormatOf(path);
        using TemporaryFile probe = TemporaryFile.Beside(path);
    }

    /// <summary>Writes a picture in the format that the path's extension names.</summary>
    /// <remarks>The bytes go to a temporary file in the same folder, which then takes the name: what stood there before is whole
    /// until the new file is. The picture's metadata are written along. JPEG has no alpha: the picture is laid on white.</remarks>
    /// <param name="picture">The picture.</param>
    /// <param name="path">Where to; an existing file is replaced.</param>
    /// <param name="options">Quality; <see cref="SaveOptions.Default"/> where null.</param>
    /// <exception cref="OptionException">The path cannot be written, its extension is unknown, or the picture is too large for the format.</exception>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static void Save(Picture picture, string path, SaveOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        PictureFormat format = FormatOf(path);
        byte[] bytes = Encode(picture, format, options, path);
        using TemporaryFile file = TemporaryFile.Beside(path);
        file.Write(bytes);
        file.TakeName();
    }

    /// <summary>The bytes of a picture file, for a response or a store; <paramref name="name"/> is what error messages call it.</summary>
    /// <exception cref="OptionException">The quality or bits are not what they can be, or the picture is too large for the format.</exception>
    /// <exception cref="MissingLibraryException">libvips is not installed.</exception>
    public static byte[] Encode(Picture picture, PictureFormat format, SaveOptions? options = null, string name = "picture")
    {
        ArgumentNullException.ThrowIfNull(picture);
        options ??= SaveOptions.Default;
        if (options.Quality is < 1 or > 100)
        {
            throw new OptionException($"The quality must be 1 to 100 but is {options.Quality}.");
        }

        if (options.Bits is not (null or 8 or 16))
        {
            throw new OptionException($"The bits must be 8 or 16 but are {options.Bits}.");
        }

        int side = Math.Max(picture.Width, picture.Height);
        if (side > PictureEncoder.LongestSide(format))
        {
            throw new OptionException($"{name}: {format} holds at most {PictureEncoder.LongestSide(format)} pixels a side, not {side}; write PNG.");
        }

        try
        {
            return PictureEncoder.Encode(picture, format, options);
        }
        catch (VipsException exception)
        {
            throw new OptionException($"{name}: the picture cannot be written as {format} ({exception.Message}).", exception);
        }
    }

    /// <summary>The recipe that a picture file of ours keeps, or <c>null</c>.</summary>
    /// <param name="file">The file, which can be read at any place.</param>
    public static string? FindRecipe(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] start = new byte[32];
        file.Position = 0;
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return PictureSignature.Find(start.AsSpan(0, length)) switch
        {
            PictureFormat.Png => PngChunks.FindRecipe(file),
            PictureFormat.Jpeg => JpegSegments.FindRecipe(file),
            PictureFormat.WebP => WebPChunks.FindRecipe(file),
            PictureFormat.Tiff => TiffMetadata.FindRecipe(Whole(file)),
            _ => null,
        };
    }

    private static byte[] Whole(Stream file)
    {
        byte[] bytes = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The format that a path's extension asks for.</summary>
    /// <exception cref="OptionException">The extension is not .png, .jpg, .jpeg, .webp, .tif or .tiff, or libvips cannot write it.</exception>
    public static PictureFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (SupportedFormats.ForWriting(path) is not PictureFormat format)
        {
            throw new OptionException($"{path}: pictures are written as .png, .jpg, .webp or .tif; give the output one of these extensions.");
        }

        if (!SupportedFormats.CanWrite(format))
        {
            throw new OptionException($"{path}: the installed libvips cannot write {format}; choose .png.");
        }

        return format;
    }

    /// <summary>A file's bytes, for whoever decodes them later.</summary>
    /// <exception cref="PictureException">There is no such file, or it is too large.</exception>
    internal static byte[] ReadBytes(string path, PictureLimits limits) => ReadStart(path, limits, long.MaxValue);

    /// <summary>As above, but no more than the first bytes.</summary>
    private static byte[] ReadStart(string path, PictureLimits limits, long most)
    {
        if (Directory.Exists(path))
        {
            throw new PictureException(path, "this is a folder, not a picture.");
        }

        try
        {
            // A device or a pipe has length 0 too and would never end: only files of a known length are opened.
            long length = new FileInfo(path).Length;
            if (length > limits.MaxFileBytes)
            {
                throw TooManyBytes(path, length, limits);
            }

            if (length <= most)
            {
                return length == 0 ? [] : File.ReadAllBytes(path);
            }

            byte[] start = new byte[most];
            using FileStream file = File.OpenRead(path);
            file.ReadExactly(start);
            return start;
        }
        catch (FileNotFoundException exception)
        {
            throw new PictureException(path, "there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PictureException(path, $"the file cannot be read ({exception.Message})", exception);
        }
    }

    private static PictureException TooManyBytes(string name, long bytes, PictureLimits limits) =>
        new(name, FormattableString.Invariant($"the file has {bytes:N0} bytes; at most {limits.MaxFileBytes:N0} are allowed."));
}
