using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Imaging;

/// <summary>Finds a picture file's metadata.</summary>
internal static class MetadataReader
{
    /// <summary>Bytes 16 to 19 of a profile: the colour space whose numbers it explains.</summary>
    private static readonly Range ProfileSpace = 16..20;

    /// <summary>The metadata of a file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="image">The image that libvips made of it.</param>
    public static PictureMetadata Read(ReadOnlySpan<byte> bytes, PictureFormat format, VipsImage image)
    {
        byte[] exif = format == PictureFormat.Tiff ? ExifBlock.OfTiff(bytes) : WithoutName(image.Field(VipsFields.Exif));
        byte[] iptc = PhotoshopResources.Iptc(image.Field(VipsFields.Iptc));
        if (iptc.Length == 0)
        {
            iptc = format == PictureFormat.Png ? PngChunks.Iptc(new MemoryStream(bytes.ToArray(), writable: false)) : ExifBlock.Iptc(exif);
        }

        byte[] profile = image.Field(VipsFields.Profile);
        bool isRgb = profile.Length > ProfileSpace.End.Value && profile.AsSpan(ProfileSpace).SequenceEqual("RGB "u8);
        return new PictureMetadata
        {
            Exif = exif,
            Xmp = XmpPacket.WithoutRecipe(image.Field(VipsFields.Xmp)),
            Iptc = iptc,
            Profile = isRgb ? profile : default,
            Resolution = Resolution(bytes, format, image, exif),
        };
    }

    // libvips takes an EXIF block without a density for one of 72 dots an inch, whatever JFIF says, and 1 for "nobody knows".
    private static PictureResolution? Resolution(ReadOnlySpan<byte> bytes, PictureFormat format, VipsImage image, byte[] exif)
    {
        if (format == PictureFormat.Jpeg && !TiffDirectory.Read(exif).Entries.ContainsKey(TiffTags.XResolution))
        {
            return JpegSegments.Density(bytes);
        }

        (double horizontal, double vertical) = image.Resolution;
        return horizontal > 0 && vertical > 0 && horizontal != 1 ? new PictureResolution(horizontal, vertical) : null;
    }

    // JPEG's segment begins with a name, and so do the blocks of some other files.
    private static byte[] WithoutName(byte[] exif)
    {
        ReadOnlySpan<byte> name = "Exif\0\0"u8;
        byte[] block = exif.AsSpan().StartsWith(name) ? exif[name.Length..] : exif;
        return new TiffBytes(block).IsTiff ? block : [];
    }
}
