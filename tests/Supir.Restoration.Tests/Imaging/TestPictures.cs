using Supir.Restoration.Imaging;

namespace Supir.Restoration.Tests.Imaging;

/// <summary>Pictures made for the tests.</summary>
internal static class TestPictures
{
    /// <summary>Independent bytes, the same ones every time.</summary>
    public static Picture Noise(int width, int height)
    {
        byte[] pixels = new byte[width * height * Picture.Channels];
        uint state = 12345;
        for (int i = 0; i < pixels.Length; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            pixels[i] = (byte)(state >> 24);
        }

        return new Picture(width, height, pixels);
    }

    /// <summary>Red falling to the right, green falling downwards, a constant blue: smooth, and every corner is different.</summary>
    public static Picture Gradient(int width, int height)
    {
        byte[] pixels = new byte[width * height * Picture.Channels];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = ((y * width) + x) * Picture.Channels;
                pixels[at] = (byte)(230 - (200 * x / width));
                pixels[at + 1] = (byte)(220 - (180 * y / height));
                pixels[at + 2] = 70;
            }
        }

        return new Picture(width, height, pixels);
    }
}
