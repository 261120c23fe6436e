namespace Supir.Restoration.Imaging;

/// <summary>A picture in memory: 8-bit sRGB with, optionally, a plane of straight (not premultiplied) alpha. It never changes.</summary>
public sealed class Picture
{
    /// <summary>Bytes a pixel: red, green, blue.</summary>
    public const int Channels = 3;

    private readonly byte[] _pixels;
    private readonly byte[] _alpha;

    /// <summary>A picture over arrays that now belong to it: the caller must not change them any more.</summary>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">height · width · 3 bytes, row by row, red, green, blue.</param>
    /// <param name="alpha">height · width bytes, 255 opaque; null for a picture without alpha.</param>
    /// <param name="format">The format of the file the picture was read from; null where there was none.</param>
    public Picture(int width, int height, byte[] pixels, byte[]? alpha = null, PictureFormat? format = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.LongLength, (long)width * height * Channels, nameof(pixels));
        if (alpha is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(alpha.LongLength, (long)width * height, nameof(alpha));
        }

        Width = width;
        Height = height;
        _pixels = pixels;
        _alpha = alpha ?? [];
        Format = format;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The format of the file the picture was read from; null where there was none.</summary>
    public PictureFormat? Format { get; }

    /// <summary>[height, width, 3] bytes of sRGB.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Whether there is an alpha plane.</summary>
    public bool HasAlpha => _alpha.Length > 0;

    /// <summary>[height, width] bytes of straight alpha, 255 opaque; empty without alpha.</summary>
    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <summary>One row of colours: width · 3 bytes.</summary>
    public ReadOnlySpan<byte> Row(int y) => _pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>The same colours without the alpha plane, as the reference's command line drops it.</summary>
    public Picture WithoutAlpha() => HasAlpha ? new Picture(Width, Height, _pixels, null, Format) : this;

    /// <summary>The picture laid on white, for formats without alpha: colour · α + 255 · (1 − α), rounded.</summary>
    public Picture OnWhite()
    {
        if (!HasAlpha)
        {
            return this;
        }

        byte[] flat = new byte[_pixels.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            int alpha = _alpha[i / Channels];
            flat[i] = (byte)(((_pixels[i] * alpha) + (255 * (255 - alpha)) + 127) / 255);
        }

        return new Picture(Width, Height, flat, null, Format);
    }

    /// <summary>This picture with the alpha plane of another one, brought to this one's size (antialiased bicubic).</summary>
    /// <returns>This picture itself where <paramref name="source"/> has no alpha.</returns>
    public Picture WithAlphaOf(Picture source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.HasAlpha)
        {
            return this;
        }

        bool sameSize = source.Width == Width && source.Height == Height;
        byte[] alpha = sameSize ? source._alpha : ResizeAlpha(source, Width, Height);
        return new Picture(Width, Height, _pixels, alpha, Format);
    }

    // The resizer knows colours only: alpha goes through it as a grey picture. Rare enough not to have a path of its own.
    private static byte[] ResizeAlpha(Picture source, int width, int height)
    {
        byte[] grey = new byte[source._pixels.Length];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = source._alpha[i / Channels];
        }

        Picture resized = PillowBicubic.Resize(new Picture(source.Width, source.Height, grey), width, height);
        byte[] alpha = new byte[width * height];
        for (int i = 0; i < alpha.Length; i++)
        {
            alpha[i] = resized._pixels[i * Channels];
        }

        return alpha;
    }
}
