using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Supir.Restoration.Imaging;

/// <summary>Metadata in PNG: chunks between the header and the pixels.</summary>
/// <remarks>eXIf, iCCP, pHYs and iTXt as in the PNG specification, third edition; XMP under Adobe's keyword; IPTC as the "raw profile" that
/// ImageMagick began with and exiftool and others read.</remarks>
internal static class PngChunks
{
    private const string XmpKeyword = "XML:com.adobe.xmp";
    private const string RecipeKeyword = "supir";
    private const string IptcKeyword = "Raw profile type iptc";
    private const int SignatureLength = 8;

    /// <summary>Bytes of a chunk beside its data: length, type, checksum.</summary>
    private const int Frame = 12;

    /// <summary>Signature and IHDR, which every PNG begins with.</summary>
    private const int HeaderEnd = SignatureLength + Frame + 13;

    /// <summary>A PNG without metadata, with metadata put in.</summary>
    public static byte[] Write(ReadOnlySpan<byte> png, PictureMetadata metadata, string? recipe)
    {
        using MemoryStream result = new();
        result.Write(png[..HeaderEnd]);
        if (!metadata.Profile.IsEmpty)
        {
            WriteChunk(result, "iCCP"u8, [.. "ICC profile"u8, 0, 0, .. Compress(metadata.Profile.Span)]);
        }

        if (metadata.Resolution is PictureResolution resolution)
        {
            byte[] density = new byte[9];
            BinaryPrimitives.WriteInt32BigEndian(density, resolution.PerMetre.Horizontal);
            BinaryPrimitives.WriteInt32BigEndian(density.AsSpan(4), resolution.PerMetre.Vertical);
            density[8] = 1; // the unit is the metre
            WriteChunk(result, "pHYs"u8, density);
        }

        if (recipe is not null)
        {
            WriteChunk(result, "iTXt"u8, InternationalText(RecipeKeyword, Encoding.UTF8.GetBytes(recipe)));
        }

        if (!metadata.Exif.IsEmpty)
        {
            WriteChunk(result, "eXIf"u8, metadata.Exif.Span);
        }

        if (!metadata.Xmp.IsEmpty)
        {
            WriteChunk(result, "iTXt"u8, InternationalText(XmpKeyword, metadata.Xmp.Span));
        }

        if (!metadata.Iptc.IsEmpty)
        {
            WriteChunk(result, "tEXt"u8, RawProfile(metadata.Iptc.Span));
        }

        // What the encoder wrote about density or text is said above.
        for (int at = HeaderEnd; at < png.Length; at += Length(png, at))
        {
            ReadOnlySpan<byte> type = png.Slice(at + 4, 4);
            if (!type.SequenceEqual("pHYs"u8) && !type.SequenceEqual("tEXt"u8) && !type.SequenceEqual("iTXt"u8))
            {
                result.Write(png.Slice(at, Length(png, at)));
            }
        }

        return result.ToArray();
    }

    /// <summary>The recipe of a PNG, or <c>null</c>.</summary>
    public static string? FindRecipe(Stream png) => FindText(png, "iTXt"u8, RecipeKeyword) is byte[] text && text.Length > 4
        ? Encoding.UTF8.GetString(text.AsSpan(4)) // no compression (2), no language, no translated keyword
        : null;

    /// <summary>The IPTC records of a PNG; empty where there are none.</summary>
    public static byte[] Iptc(Stream png)
    {
        if (FindText(png, "tEXt"u8, IptcKeyword) is not byte[] text)
        {
            return [];
        }

        // A line with the profile's name, one with its length, then hexadecimal digits in lines.
        string[] lines = Encoding.Latin1.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string digits = string.Concat(lines.Skip(2));
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? PhotoshopResources.Iptc([.. PhotoshopResources.Signature, .. Convert.FromHexString(digits)])
            : [];
    }

    private static byte[]? FindText(Stream png, ReadOnlySpan<byte> wanted, string keyword)
    {
        byte[] head = new byte[8];
        for (long at = SignatureLength; ;)
        {
            png.Position = at;
            if (png.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            {
                return null;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (head.AsSpan(4).SequenceEqual("IEND"u8) || length > png.Length - at)
            {
                return null;
            }

            if (head.AsSpan(4).SequenceEqual(wanted))
            {
                byte[] data = new byte[length];
                int read = png.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
                byte[] start = [.. Encoding.Latin1.GetBytes(keyword), 0];
                if (read == data.Length && data.AsSpan().StartsWith(start))
                {
                    return data[start.Length..];
                }
            }

            at += Frame + length;
        }
    }

    private static int Length(ReadOnlySpan<byte> png, int at) => Frame + BinaryPrimitives.ReadInt32BigEndian(png[at..]);

    private static byte[] InternationalText(string keyword, ReadOnlySpan<byte> utf8) =>
        [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. utf8];

    private static byte[] RawProfile(ReadOnlySpan<byte> iptc)
    {
        const int DigitsALine = 72;
        byte[] resources = PhotoshopResources.Of(iptc)[PhotoshopResources.Signature.Length..];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{IptcKeyword}\0\niptc\n{resources.Length,8}\n");
        foreach (char[] line in Convert.ToHexStringLower(resources).Chunk(DigitsALine))
        {
            text.Append(line).Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] number = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        Crc32 checksum = new();
        checksum.Append(type);
        checksum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        png.Write(number);
    }
}
