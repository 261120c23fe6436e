using Supir.Restoration.Imaging;

namespace Supir.Server.Tests;

/// <summary>Pictures of soft stripes.</summary>
internal static class TestPicture
{
    /// <summary>A PNG file.</summary>
    public static byte[] Png(int width = 48, int height = 40, int shift = 0) => PictureFile.Encode(Of(width, height, shift), PictureFormat.Png);

    /// <summary>A JPEG file of 48 × 40 that is to be turned by a quarter, as a camera that was held upright writes it.</summary>
    public static byte[] LyingJpeg()
    {
        byte[] jpeg = PictureFile.Encode(Of(48, 40), PictureFormat.Jpeg);
        // EXIF with one entry: orientation (0x0112), a short, once, with the value 6.
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A picture.</summary>
    public static Picture Of(int width, int height, int shift = 0)
    {
        byte[] pixels = new byte[width * height * Picture.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (100 * Math.Sin(((i / Picture.Channels % width) + shift) * 0.3 + (i % Picture.Channels))));
        }

        return new Picture(width, height, pixels);
    }
}
