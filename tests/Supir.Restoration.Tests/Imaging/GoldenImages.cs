using Supir.Restoration.Imaging;
using Supir.Testing;

namespace Supir.Restoration.Tests.Imaging;

/// <summary>Goldens as the pictures and images that they are.</summary>
internal static class GoldenImages
{
    private static readonly GoldenTensors Mini = GoldenTensors.Open("mini.safetensors");

    /// <summary>A [height, width, 3] golden of bytes.</summary>
    public static Picture Picture(string name) => new(Mini.LengthsOf(name)[1], Mini.LengthsOf(name)[0], Mini.Bytes(name));

    /// <summary>A [3, height, width] or [1, 3, height, width] golden of floats.</summary>
    public static FloatImage Image(string name)
    {
        IReadOnlyList<int> lengths = Mini.LengthsOf(name);
        FloatImage image = new(lengths[^1], lengths[^2]);
        float[] planes = Mini.Floats(name);
        int plane = image.Width * image.Height;
        for (int i = 0; i < planes.Length; i++)
        {
            image.Pixels[(i % plane * FloatImage.Channels) + (i / plane)] = planes[i];
        }

        return image;
    }

    /// <summary>(height, width) of the written picture.</summary>
    public static (int Height, int Width) OutputSize(string name) => (Mini.Integers(name)[0], Mini.Integers(name)[1]);
}
