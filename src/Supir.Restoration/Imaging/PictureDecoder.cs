using System.Runtime.InteropServices;
using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Imaging;

/// <summary>Makes a <see cref="Picture"/> of a file's bytes: upright, sRGB of 8 or 16 bits, alpha apart. The bytes are not trusted.</summary>
internal static class PictureDecoder
{
    /// <summary>Above this an array of 16-bit colours has more bytes than .NET can address, whatever the limits say.</summary>
    private const long MostPixels = int.MaxValue / (Picture.Channels * sizeof(ushort));

    /// <summary>Decodes a picture, turned upright or as it is stored, or says why it is refused.</summary>
    /// <exception cref="PictureException">The bytes are not a whole picture within the limits.</exception>
    public static Picture Decode(ReadOnlySpan<byte> bytes, string name, PictureLimits limits, bool isUpright = true)
    {
        PictureFormat format = RequireFormat(bytes, name);
        if (!SupportedFormats.CanRead(format))
        {
            throw new PictureException(
                name, $"this is {format}, which the installed libvips {SupportedFormats.LibraryVersion} cannot read; convert it to PNG.");
        }

        try
        {
            using VipsOperation load = new VipsOperation(SupportedFormats.Loader(format)).With("fail_on", "error").With("memory", "true");
            using VipsImage stored = load.With("buffer", bytes).ToImage();
            RequireWithin(limits, stored, name);
            PictureMetadata metadata = MetadataReader.Read(bytes, format, stored);
            if (!isUpright)
            {
                return Convert(stored, format).WithMetadata(metadata);
            }

            using VipsOperation rotate = new VipsOperation("autorot").With("in", stored);
            using VipsImage upright = rotate.ToImage();
            return Convert(upright, format).WithMetadata(metadata);
        }
        catch (VipsException exception)
        {
            throw new PictureException(name, $"the {format} data is cut short or damaged ({exception.Message}).", exception);
        }
        catch (NotSupportedException exception)
        {
            throw new PictureException(name, exception.Message, exception);
        }
    }

    /// <summary>The format of a file by its first bytes, without libvips.</summary>
    /// <exception cref="PictureException">There are none, or they are no picture's.</exception>
    public static PictureFormat RequireFormat(ReadOnlySpan<byte> bytes, string name) => bytes.IsEmpty
        ? throw new PictureException(name, "the file is empty (0 bytes).")
        : PictureSignature.Find(bytes) ?? throw new PictureException(name, $"this is not a picture that can be read; it must be {PictureSignature.Readable}.");

    private static void RequireWithin(PictureLimits limits, VipsImage image, string name)
    {
        long pixels = (long)image.Width * image.Height;
        long most = Math.Min(limits.MaxPixels, MostPixels);
        if (pixels < 1 || pixels > most)
        {
            throw new PictureException(
                name, FormattableString.Invariant($"it has {image.Width} × {image.Height} pixels; between 1 and {most:N0} are allowed."));
        }
    }

    private static Picture Convert(VipsImage image, PictureFormat format)
    {
        int width = image.Width;
        int height = image.Height;
        if (!image.HasAlpha)
        {
            return Assemble(width, height, Colours(image), null, format);
        }

        using VipsImage colour = Bands(image, 0, image.Bands - 1);
        using VipsImage alpha = Bands(image, image.Bands - 1, 1);
        return Assemble(width, height, Colours(colour), Levels(alpha), format);
    }

    private static Picture Assemble(int width, int height, Array colours, Array? alpha, PictureFormat format) => colours is ushort[] wide
        ? new Picture(width, height, wide, alpha is byte[] narrow ? WideLevels.Widen(narrow) : (ushort[]?)alpha, format)
        : new Picture(width, height, (byte[])colours, alpha is ushort[] fine ? WideLevels.Narrow(fine) : (byte[]?)alpha, format);

    private static VipsImage Bands(VipsImage image, int first, int count)
    {
        using VipsOperation extract = new VipsOperation("extract_band").With("in", image)
            .With("band", Text(first)).With("n", Text(count));
        return extract.ToImage();
    }

    // [height, width, 3] levels of sRGB, byte[] or ushort[].
    private static Array Colours(VipsImage image)
    {
        using VipsImage srgb = ToSrgb(image);
        Array levels = Levels(srgb);
        return srgb.Bands switch
        {
            Picture.Channels => levels,
            1 => levels is ushort[] wide ? Triple(wide) : Triple((byte[])levels),
            _ => throw new NotSupportedException($"it has {image.Bands} colour channels; 1 (grey), 3 (RGB) or 4 (CMYK) can be read."),
        };
    }

    private static T[] Triple<T>(T[] grey)
    {
        T[] colours = new T[grey.Length * Picture.Channels];
        for (int i = 0; i < colours.Length; i++)
        {
            colours[i] = grey[i / Picture.Channels];
        }

        return colours;
    }

    private static VipsImage ToSrgb(VipsImage image)
    {
        bool cmyk = image.Interpretation == VipsInterpretation.Cmyk;
        if (image.HasProfile)
        {
            try
            {
                return ApplyProfile(image, embedded: true, cmyk);
            }
            catch (VipsException)
            {
                // A profile that is broken or meant for other channels says nothing about the colours: as if there were none.
            }
        }

        if (cmyk)
        {
            return ApplyProfile(image, embedded: false, cmyk);
        }

        bool plain = image.Format switch
        {
            VipsBandFormat.UChar => image.Interpretation is VipsInterpretation.BlackAndWhite or VipsInterpretation.Rgb
                or VipsInterpretation.Srgb or VipsInterpretation.Multiband,
            VipsBandFormat.UShort => image.Interpretation is VipsInterpretation.Rgb16 or VipsInterpretation.Grey16,
            _ => false,
        };
        using VipsOperation convert = plain
            ? new VipsOperation("copy").With("in", image)
            : new VipsOperation("colourspace").With("in", image).With("space", "srgb");
        return convert.ToImage();
    }

    // Colours without a profile of their own are print colours here: libvips carries one for CMYK.
    private static VipsImage ApplyProfile(VipsImage image, bool embedded, bool cmyk)
    {
        using VipsOperation transform = new VipsOperation("icc_transform").With("in", image)
            .With("output_profile", "srgb").With("intent", "relative").With("black_point_compensation", "true")
            .With("depth", image.Format == VipsBandFormat.UShort ? "16" : "8");
        if (embedded)
        {
            transform.With("embedded", "true");
        }

        if (cmyk)
        {
            transform.With("input_profile", "cmyk");
        }

        return transform.ToImage();
    }

    private static Array Levels(VipsImage image) => image.Format switch
    {
        VipsBandFormat.UChar => image.Compute(static Array (memory) => memory.ToArray()),
        VipsBandFormat.UShort => image.Compute(static Array (memory) => MemoryMarshal.Cast<byte, ushort>(memory).ToArray()),
        _ => throw new NotSupportedException("its pixels are neither 8-bit nor 16-bit numbers; save it as 16-bit PNG or TIFF."),
    };

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
