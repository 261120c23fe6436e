namespace Supir.Restoration.Imaging;

/// <summary>OpenCV's interpolations that the reference's page uses.</summary>
public enum OpenCvInterpolation
{
    /// <summary>INTER_LANCZOS4: eight pixels a side at any scale.</summary>
    Lanczos4,

    /// <summary>INTER_AREA: means where both sides shrink; where either grows, nearly the nearest pixel.</summary>
    Area,
}

/// <summary>Resizes 8-bit pictures as <c>cv2.resize</c> does, within one level.</summary>
/// <remarks>Source: modules/imgproc/src/resize.cpp (OpenCV 4.6).</remarks>
public static class OpenCvResize
{
    /// <summary>The picture at another size, without alpha.</summary>
    /// <param name="picture">The picture; its alpha is dropped.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="interpolation">How.</param>
    public static Picture Resize(Picture picture, int width, int height, OpenCvInterpolation interpolation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (picture.Width == width && picture.Height == height)
        {
            return picture.WithoutAlpha();
        }

        // Means are taken only where neither side grows; else both sides are interpolated.
        bool shrinks = width <= picture.Width && height <= picture.Height;
        ResampleTaps TapsOf(int inputs, int outputs) => interpolation switch
        {
            OpenCvInterpolation.Lanczos4 => ResampleTaps.OpenCvLanczos4(inputs, outputs),
            _ => shrinks ? ResampleTaps.Area(inputs, outputs) : ResampleTaps.OpenCvGrowingArea(inputs, outputs),
        };
        FloatImage levels = SeparableResize.Run(
            (y, row) => ReadLevels(picture.Row(y), row), picture.Width, picture.Height, TapsOf(picture.Width, width), TapsOf(picture.Height, height));
        byte[] bytes = new byte[levels.Pixels.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            // Ties of means go to the even neighbour, those of weights in 2048ths up.
            float level = levels.Pixels[i];
            bytes[i] = (byte)Math.Clamp(shrinks && interpolation == OpenCvInterpolation.Area ? MathF.Round(level) : MathF.Floor(level + 0.5f), 0f, 255f);
        }

        return new Picture(width, height, bytes, null, picture.Format);
    }

    private static void ReadLevels(ReadOnlySpan<byte> bytes, Span<float> levels)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            levels[i] = bytes[i];
        }
    }
}
