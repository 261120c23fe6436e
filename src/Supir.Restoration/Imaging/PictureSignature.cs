namespace Supir.Restoration.Imaging;

/// <summary>Tells a file's format by its first bytes: names lie, and no other loader of libvips may ever see the bytes.</summary>
internal static class PictureSignature
{
    /// <summary>What is read, for error messages.</summary>
    public const string Readable = "JPEG, PNG, WebP, TIFF, AVIF, HEIC or JPEG XL";

    /// <summary>No format needs more of a file to be told: a HEIF file's first box names its brands, and 16 bits of its length count here.</summary>
    public const int MostBytes = 1 << 16;

    // The four letters after "ftyp" in a HEIF file; the general brands count as HEIC unless AVIF is named among the compatible ones.
    private static readonly string[] HeicBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

    /// <summary>The format that the bytes claim to be; null for anything else.</summary>
    public static PictureFormat? Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return PictureFormat.Jpeg;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return PictureFormat.Png;
        }

        if (bytes.StartsWith("RIFF"u8) && At(bytes, 8, "WEBP"u8))
        {
            return PictureFormat.WebP;
        }

        // "II" or "MM" for the byte order, then 42 (TIFF) or 43 (BigTIFF).
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) || bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8))
        {
            return PictureFormat.Tiff;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || At(bytes, 4, "JXL \r\n"u8))
        {
            return PictureFormat.JpegXl;
        }

        return At(bytes, 4, "ftyp"u8) ? FindHeif(bytes) : null;
    }

    private static PictureFormat? FindHeif(ReadOnlySpan<byte> bytes)
    {
        // Box: length (4, big-endian), "ftyp", major brand, version, compatible brands.
        int end = Math.Min(bytes.Length, (bytes[2] << 8) | bytes[3]);
        PictureFormat? found = null;
        for (int i = 8; i + 4 <= end; i += i == 8 ? 8 : 4)
        {
            string brand = System.Text.Encoding.Latin1.GetString(bytes.Slice(i, 4));
            if (brand is "avif" or "avis")
            {
                return PictureFormat.Avif;
            }

            found ??= HeicBrands.Contains(brand) ? PictureFormat.Heic : null;
        }

        return found;
    }

    private static bool At(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> expected) =>
        bytes.Length >= offset + expected.Length && bytes[offset..].StartsWith(expected);
}
