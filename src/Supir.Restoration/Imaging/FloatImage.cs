using System.Numerics;

namespace Supir.Restoration.Imaging;

/// <summary>A picture of floats as the networks see it: [height, width, 3] row-major RGB, black −1, white 1.</summary>
/// <remarks>Values outside [−1, 1] are allowed: an autoencoder makes them, and turning into a <see cref="Picture"/> clips them.</remarks>
public sealed class FloatImage
{
    /// <summary>Floats a pixel: red, green, blue.</summary>
    public const int Channels = 3;

    private readonly float[] _pixels;

    /// <summary>A mid-grey image (all 0).</summary>
    public FloatImage(int width, int height)
        : this(width, height, new float[checked(width * height * Channels)])
    {
    }

    /// <summary>An image over an array that now belongs to it.</summary>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">height · width · 3 floats, row by row, red, green, blue.</param>
    public FloatImage(int width, int height, float[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.LongLength, (long)width * height * Channels, nameof(pixels));
        Width = width;
        Height = height;
        _pixels = pixels;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3]: the engine's own layout for one image, ready to copy into a plan's input.</summary>
    public Span<float> Pixels => _pixels;

    /// <summary>One row: width · 3 floats.</summary>
    public Span<float> Row(int y) => _pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>v / 127.5 − 1 of every byte, in double precision as the reference's loader computes it.</summary>
    public static FloatImage Of(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        FloatImage image = new(picture.Width, picture.Height);
        ByteLevels.Widen(picture.Pixels, image.Pixels);
        return image;
    }

    /// <summary>The nearest 8-bit picture: v · 127.5 + 127.5, rounded and clipped to 0..255.</summary>
    public Picture ToPicture()
    {
        byte[] bytes = new byte[_pixels.Length];
        ByteLevels.Round(_pixels, bytes);
        return new Picture(Width, Height, bytes);
    }

    /// <summary>The nearest 16-bit picture: v · 32767.5 + 32767.5, rounded and clipped to 0..65535.</summary>
    public Picture ToWidePicture() => new(Width, Height, WideLevels.Round(_pixels));

    /// <summary>Moves every value into [low, high] where it lies outside.</summary>
    internal void Clip(float low, float high)
    {
        Span<float> pixels = _pixels;
        Vector<float> lows = new(low);
        Vector<float> highs = new(high);
        int i = 0;
        for (; i <= pixels.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Span<float> lanes = pixels.Slice(i, Vector<float>.Count);
            Vector.Min(Vector.Max(new Vector<float>(lanes), lows), highs).CopyTo(lanes);
        }

        for (; i < pixels.Length; i++)
        {
            pixels[i] = Math.Clamp(pixels[i], low, high);
        }
    }
}
