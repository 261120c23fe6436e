namespace Supir.Restoration.Imaging;

/// <summary>A picture in memory: sRGB of 8 or 16 bits with, optionally, a plane of straight (not premultiplied) alpha. It never changes.</summary>
public sealed class Picture
{
    /// <summary>Levels a pixel: red, green, blue.</summary>
    public const int Channels = 3;

    private readonly byte[] _pixels;
    private readonly byte[] _alpha;
    private readonly ushort[] _widePixels = [];
    private readonly ushort[] _wideAlpha = [];

    /// <summary>A picture of 8 bits over arrays that now belong to it: the caller must not change them any more.</summary>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">height · width · 3 bytes, row by row, red, green, blue.</param>
    /// <param name="alpha">height · width bytes, 255 opaque; null for a picture without alpha.</param>
    /// <param name="format">The format of the file the picture was read from; null where there was none.</param>
    public Picture(int width, int height, byte[] pixels, byte[]? alpha = null, PictureFormat? format = null)
    {
        RequireLengths(width, height, pixels, alpha);
        Width = width;
        Height = height;
        _pixels = pixels;
        _alpha = alpha ?? [];
        Format = format;
    }

    /// <summary>A picture of 16 bits over arrays that now belong to it.</summary>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">height · width · 3 numbers, row by row, red, green, blue.</param>
    /// <param name="alpha">height · width numbers, 65535 opaque; null for a picture without alpha.</param>
    /// <param name="format">The format of the file the picture was read from; null where there was none.</param>
    public Picture(int width, int height, ushort[] pixels, ushort[]? alpha = null, PictureFormat? format = null)
    {
        RequireLengths(width, height, pixels, alpha);
        Width = width;
        Height = height;
        _widePixels = pixels;
        _wideAlpha = alpha ?? [];
        _pixels = WideLevels.Narrow(_widePixels);
        _alpha = WideLevels.Narrow(_wideAlpha);
        Format = format;
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The format of the file the picture was read from; null where there was none.</summary>
    public PictureFormat? Format { get; }

    /// <summary>What the file held beside the pixels.</summary>
    public PictureMetadata Metadata { get; init; } = PictureMetadata.None;

    /// <summary>8, or 16 where there are <see cref="WidePixels"/>.</summary>
    public int Bits => _widePixels.Length > 0 ? 16 : 8;

    /// <summary>[height, width, 3] bytes of sRGB; rounded where the picture has 16 bits.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>[height, width, 3] numbers of 16 bits of sRGB; empty for a picture of 8 bits.</summary>
    public ReadOnlySpan<ushort> WidePixels => _widePixels;

    /// <summary>Whether there is an alpha plane.</summary>
    public bool HasAlpha => _alpha.Length > 0;

    /// <summary>[height, width] bytes of straight alpha, 255 opaque; empty without alpha.</summary>
    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <summary>[height, width] numbers of 16 bits of straight alpha, 65535 opaque; empty without alpha or for a picture of 8 bits.</summary>
    public ReadOnlySpan<ushort> WideAlpha => _wideAlpha;

    /// <summary>One row of colours: width · 3 bytes.</summary>
    public ReadOnlySpan<byte> Row(int y) => _pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>One row of colours as floats, black −1 and white 1, from all the bits there are.</summary>
    public void ReadRow(int y, Span<float> row)
    {
        if (Bits == 8)
        {
            ByteLevels.Widen(Row(y), row);
        }
        else
        {
            WideLevels.ToFloats(_widePixels.AsSpan(y * Width * Channels, Width * Channels), row);
        }
    }

    /// <summary>The colours of a part, in 8 bits, without alpha and metadata.</summary>
    /// <param name="left">Its first column.</param>
    /// <param name="top">Its first row.</param>
    /// <param name="width">Pixels a row of it.</param>
    /// <param name="height">Its rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie inside.</exception>
    public Picture Crop(int left, int top, int width, int height)
    {
        byte[] pixels = new byte[height * width * Channels];
        for (int y = 0; y < height; y++)
        {
            Row(top + y).Slice(left * Channels, width * Channels).CopyTo(pixels.AsSpan(y * width * Channels));
        }

        return new Picture(width, height, pixels);
    }

    /// <summary>The same colours without the alpha plane, as the reference's command line drops it.</summary>
    public Picture WithoutAlpha() => !HasAlpha ? this
        : Bits == 16 ? new Picture(Width, Height, _widePixels, null, Format) { Metadata = Metadata }
        : new Picture(Width, Height, _pixels, null, Format) { Metadata = Metadata };

    /// <summary>The picture with other metadata.</summary>
    public Picture WithMetadata(PictureMetadata metadata) => Bits == 16
        ? new Picture(Width, Height, _widePixels, HasAlpha ? _wideAlpha : null, Format) { Metadata = metadata }
        : new Picture(Width, Height, _pixels, HasAlpha ? _alpha : null, Format) { Metadata = metadata };

    /// <summary>The picture in 8 bits laid on white, for formats without alpha: colour · α + 255 · (1 − α), rounded.</summary>
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

        return new Picture(Width, Height, flat, null, Format) { Metadata = Metadata };
    }

    private static void RequireLengths<T>(int width, int height, T[] pixels, T[]? alpha)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.LongLength, (long)width * height * Channels, nameof(pixels));
        if (alpha is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(alpha.LongLength, (long)width * height, nameof(alpha));
        }
    }
}
