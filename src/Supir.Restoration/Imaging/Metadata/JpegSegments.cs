using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>Metadata in JPEG: application segments behind the first two bytes.</summary>
/// <remarks>JFIF 1.02 (density), EXIF 2.32 (APP1), XMP specification part 3 (APP1), ICC.1 annex B (APP2), Photoshop resources (APP13).
/// A segment holds 65,533 bytes: EXIF, XMP and IPTC that are longer are left out; a profile may take several.</remarks>
internal static class JpegSegments
{
    private const int MostBytes = ushort.MaxValue - sizeof(ushort);
    private const byte Mark = 0xFF;
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte App13 = 0xED;

    /// <summary>Where JFIF's segment has its unit and densities, from the file's start.</summary>
    private const int DensityAt = 13;

    private static ReadOnlySpan<byte> ExifName => "Exif\0\0"u8;

    private static ReadOnlySpan<byte> XmpName => "http://ns.adobe.com/xap/1.0/\0"u8;

    private static ReadOnlySpan<byte> ProfileName => "ICC_PROFILE\0"u8;

    /// <summary>A JPEG without metadata, with metadata put in.</summary>
    public static byte[] Write(ReadOnlySpan<byte> jpeg, PictureMetadata metadata, string? recipe)
    {
        using MemoryStream result = new();
        int start = WriteStart(result, jpeg, metadata.Resolution);
        WriteSegment(result, App1, ExifName, metadata.Exif.Span);
        WriteSegment(result, App1, XmpName, Xmp(metadata.Xmp.Span, recipe));
        if (!metadata.Iptc.IsEmpty)
        {
            WriteSegment(result, App13, [], PhotoshopResources.Of(metadata.Iptc.Span));
        }

        WriteProfile(result, metadata.Profile.Span);
        result.Write(jpeg[start..]);
        return result.ToArray();
    }

    /// <summary>The recipe of a JPEG, or <c>null</c>.</summary>
    public static string? FindRecipe(Stream jpeg)
    {
        byte[] head = new byte[4];
        for (long at = 2; ;)
        {
            jpeg.Position = at;
            if (jpeg.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || head[0] != Mark || head[1] == StartOfScan)
            {
                return null;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2));
            if (head[1] == App1 && length > sizeof(ushort))
            {
                byte[] data = new byte[length - sizeof(ushort)];
                int read = jpeg.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
                if (read == data.Length && data.AsSpan().StartsWith(XmpName) && XmpPacket.FindRecipe(data.AsSpan(XmpName.Length)) is string recipe)
                {
                    return recipe;
                }
            }

            at += 2 + length;
        }
    }

    /// <summary>The density that JFIF's segment states, or <c>null</c>.</summary>
    public static PictureResolution? Density(ReadOnlySpan<byte> jpeg)
    {
        const double MillimetresPerInch = 25.4;
        const double MillimetresPerCentimetre = 10;
        if (!HasJfif(jpeg) || jpeg.Length < DensityAt + 5 || jpeg[DensityAt] is not (1 or 2))
        {
            return null;
        }

        double unit = jpeg[DensityAt] == 1 ? MillimetresPerInch : MillimetresPerCentimetre;
        int horizontal = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(DensityAt + 1)..]);
        int vertical = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(DensityAt + 3)..]);
        return horizontal > 0 && vertical > 0 ? new PictureResolution(horizontal / unit, vertical / unit) : null;
    }

    // Someone else's long packet gives way to the recipe.
    private static ReadOnlySpan<byte> Xmp(ReadOnlySpan<byte> xmp, string? recipe)
    {
        if (recipe is null)
        {
            return xmp;
        }

        byte[] both = XmpPacket.WithRecipe(xmp, recipe);
        return both.Length + XmpName.Length > MostBytes ? XmpPacket.WithRecipe([], recipe) : both;
    }

    /// <summary>Writes the file's start with JFIF's segment, in which the density stands, and says where the rest begins.</summary>
    private static int WriteStart(MemoryStream result, ReadOnlySpan<byte> jpeg, PictureResolution? resolution)
    {
        const int Start = 2;
        (int x, int y) = resolution?.PerInch ?? (1, 1);
        byte[] segment =
        [
            Mark, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 2, // version 1.02
            resolution is null ? (byte)0 : (byte)1, // no unit, only an aspect; or the inch
            0, 0, 0, 0, 0, 0, // densities, no thumbnail
        ];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(DensityAt - 1), (ushort)Math.Clamp(x, 1, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(DensityAt + 1), (ushort)Math.Clamp(y, 1, ushort.MaxValue));
        result.Write(jpeg[..Start]);
        result.Write(segment);
        return HasJfif(jpeg) ? Start + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[4..]) : Start;
    }

    private static bool HasJfif(ReadOnlySpan<byte> jpeg) =>
        jpeg.Length > DensityAt && jpeg[2..].StartsWith((ReadOnlySpan<byte>)[Mark, 0xE0]) && jpeg[6..].StartsWith("JFIF\0"u8);

    private static void WriteProfile(MemoryStream result, ReadOnlySpan<byte> profile)
    {
        int most = MostBytes - ProfileName.Length - 2;
        int parts = (profile.Length + most - 1) / most;
        for (int part = 0; part < parts && parts <= byte.MaxValue; part++)
        {
            ReadOnlySpan<byte> piece = profile[(part * most)..Math.Min(profile.Length, (part + 1) * most)];
            WriteSegment(result, App2, [.. ProfileName, (byte)(part + 1), (byte)parts], piece);
        }
    }

    private static void WriteSegment(MemoryStream result, byte marker, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        int length = name.Length + data.Length;
        if (data.IsEmpty || length > MostBytes)
        {
            return;
        }

        length += sizeof(ushort);
        result.Write([Mark, marker, (byte)(length >> 8), (byte)length]);
        result.Write(name);
        result.Write(data);
    }
}
