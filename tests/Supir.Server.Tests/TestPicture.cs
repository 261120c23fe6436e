using Supir.Restoration.Imaging;

namespace Supir.Server.Tests;

/// <summary>Pictures of soft stripes.</summary>
internal static class TestPicture
{
    /// <summary>A PNG file.</summary>
    public static byte[] Png(int width = 48, int height = 40, int shift = 0) => PictureFile.Encode(Of(width, height, shift), PictureFormat.Png);

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
