using Supir.Restoration.Imaging;
using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Tests.Imaging;

/// <summary>Files of kinds that we read but do not write, made with libvips or byte by byte.</summary>
internal static class EncodedPictures
{
    /// <summary>The picture as libvips sees it, tagged sRGB.</summary>
    public static VipsImage Vips(Picture picture)
    {
        using VipsImage raw = VipsImage.FromMemory(picture.Pixels, picture.Width, picture.Height, Picture.Channels);
        return Run("copy", raw, ("interpretation", "srgb"));
    }

    /// <summary>One operation on an image.</summary>
    public static VipsImage Run(string operation, VipsImage image, params (string Name, string Value)[] arguments)
    {
        using VipsOperation run = Describe(operation, image, arguments);
        return run.ToImage();
    }

    /// <summary>An image written by one of libvips' savers to memory.</summary>
    public static byte[] Save(string saver, VipsImage image, params (string Name, string Value)[] arguments)
    {
        using VipsOperation save = Describe(saver, image, arguments);
        return save.ToBytes();
    }

    /// <summary>A JPEG with an EXIF orientation tag put in after its first two bytes.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] segment =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8,
            .. "MM\0*"u8, 0, 0, 0, 8, // TIFF header, first directory at 8
            0, 1, // one entry
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, // Orientation, SHORT, one value
            0, 0, 0, 0, // no further directory
        ];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }

    /// <summary>A PNG whose header claims a size; its data are a few zero bytes.</summary>
    public static byte[] PngClaiming(int width, int height)
    {
        byte[] header = [.. BigEndian(width), .. BigEndian(height), 8, 2, 0, 0, 0];
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A,
            .. Chunk("IHDR", header),
            .. Chunk("IDAT", [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1]),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>A 4×1 PNG of a palette of three colours; the third is half transparent where asked.</summary>
    public static byte[] PalettePng(bool transparent)
    {
        // One row, filter 0, then palette indices 0, 1, 2, 1; in one stored deflate block.
        byte[] row = [0, 0, 1, 2, 1];
        byte[] zlib = [0x78, 0x01, 1, 5, 0, 0xFA, 0xFF, .. row, .. BigEndian((int)Adler32(row))];
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A,
            .. Chunk("IHDR", [0, 0, 0, 4, 0, 0, 0, 1, 8, 3, 0, 0, 0]),
            .. Chunk("PLTE", [255, 0, 0, 0, 255, 0, 10, 20, 30]),
            .. transparent ? Chunk("tRNS", [255, 255, 128]) : [],
            .. Chunk("IDAT", zlib),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>A PNG with a colour profile of any content put in after its header.</summary>
    public static byte[] WithProfile(byte[] png, byte[] profile)
    {
        const int HeaderEnd = 33;
        using MemoryStream compressed = new();
        using (System.IO.Compression.ZLibStream zlib = new(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(profile);
        }

        return [.. png[..HeaderEnd], .. Chunk("iCCP", [.. "test"u8, 0, 0, .. compressed.ToArray()]), .. png[HeaderEnd..]];
    }

    private static VipsOperation Describe(string name, VipsImage image, (string Name, string Value)[] arguments)
    {
        VipsOperation operation = new VipsOperation(name).With("in", image);
        foreach ((string argument, string value) in arguments)
        {
            operation.With(argument, value);
        }

        return operation;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        return [.. BigEndian(data.Length), .. body, .. BigEndian((int)Crc32(body))];
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static uint Adler32(byte[] data)
    {
        (uint a, uint b) = (1, 0);
        foreach (byte value in data)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }

    private static uint Crc32(byte[] data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }
}
