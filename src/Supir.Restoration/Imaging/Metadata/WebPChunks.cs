using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>Metadata in WebP: the chunks ICCP, EXIF and XMP of an extended file.</summary>
/// <remarks>WebP has no place for IPTC and density of its own: both go into the EXIF block, as TIFF has them. Source: WebP Container
/// Specification, "Extended File Format".</remarks>
internal static class WebPChunks
{
    private const int FileHeader = 12;
    private const int ChunkHeader = 8;
    private const int ExtendedLength = 10;
    private const byte HasProfile = 0x20;
    private const byte HasAlpha = 0x10;
    private const byte HasExif = 0x08;
    private const byte HasXmp = 0x04;

    /// <summary>A WebP without metadata, with metadata put in.</summary>
    public static byte[] Write(ReadOnlySpan<byte> webp, PictureMetadata metadata, string? recipe, int width, int height, bool hasAlpha)
    {
        byte[] exif = Exif(metadata);
        byte[] xmp = recipe is null ? metadata.Xmp.ToArray() : XmpPacket.WithRecipe(metadata.Xmp.Span, recipe);
        byte[] extended = new byte[ExtendedLength];
        extended[0] = (byte)((metadata.Profile.IsEmpty ? 0 : HasProfile) | (hasAlpha ? HasAlpha : 0) | (exif.Length > 0 ? HasExif : 0) | (xmp.Length > 0 ? HasXmp : 0));
        Write24(extended.AsSpan(4), width - 1);
        Write24(extended.AsSpan(7), height - 1);

        using MemoryStream chunks = new();
        WriteChunk(chunks, "VP8X"u8, extended);
        WriteChunk(chunks, "ICCP"u8, metadata.Profile.Span);
        for (int at = FileHeader; at + ChunkHeader <= webp.Length;)
        {
            ReadOnlySpan<byte> name = webp.Slice(at, 4);
            int length = BinaryPrimitives.ReadInt32LittleEndian(webp[(at + 4)..]);
            if (name.SequenceEqual("VP8 "u8) || name.SequenceEqual("VP8L"u8) || name.SequenceEqual("ALPH"u8))
            {
                WriteChunk(chunks, name, webp.Slice(at + ChunkHeader, length));
            }

            at += ChunkHeader + length + (length % 2);
        }

        WriteChunk(chunks, "EXIF"u8, exif);
        WriteChunk(chunks, "XMP "u8, xmp);
        byte[] size = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(size, (int)chunks.Length + 4);
        return [.. "RIFF"u8, .. size, .. "WEBP"u8, .. chunks.ToArray()];
    }

    /// <summary>The recipe of a WebP, or <c>null</c>.</summary>
    public static string? FindRecipe(Stream webp)
    {
        byte[] head = new byte[ChunkHeader];
        for (long at = FileHeader; ;)
        {
            webp.Position = Math.Min(at, webp.Length);
            if (webp.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            {
                return null;
            }

            uint length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            if (head.AsSpan().StartsWith("XMP "u8) && length <= webp.Length - at)
            {
                byte[] data = new byte[length];
                return webp.ReadAtLeast(data, data.Length, throwOnEndOfStream: false) == data.Length ? XmpPacket.FindRecipe(data) : null;
            }

            at += ChunkHeader + length + (length % 2);
        }
    }

    private static byte[] Exif(PictureMetadata metadata)
    {
        if (metadata.Iptc.IsEmpty && metadata.Resolution is null)
        {
            return metadata.Exif.ToArray();
        }

        TiffDirectory directory = TiffDirectory.Read(metadata.Exif.Span);
        directory.Describe(metadata);
        return directory.WriteBlock();
    }

    private static void Write24(Span<byte> destination, int value)
    {
        destination[0] = (byte)value;
        destination[1] = (byte)(value >> 8);
        destination[2] = (byte)(value >> 16);
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        file.Write(name);
        file.Write(length);
        file.Write(data);
        if (data.Length % 2 != 0)
        {
            file.WriteByte(0);
        }
    }
}
