namespace Supir.Restoration.Imaging;

/// <summary>Resizes in single precision with weights that widen as the picture shrinks: no aliasing, no rounding to bytes in between.</summary>
public static class AntialiasedResize
{
    /// <summary>The image at another size. Both kernels overshoot at edges; nothing is clipped.</summary>
    /// <param name="image">[height, width, 3] floats.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="kernel">The weight of a source pixel by its distance.</param>
    public static FloatImage Resize(FloatImage image, int width, int height, ResampleKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Run((y, row) => image.Row(y).CopyTo(row), image.Width, image.Height, width, height, kernel);
    }

    /// <summary>The picture as floats (0 → −1, 255 → 1) at another size.</summary>
    /// <param name="picture">The picture; its alpha is not looked at.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="kernel">The weight of a source pixel by its distance.</param>
    public static FloatImage Resize(Picture picture, int width, int height, ResampleKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Run(picture.ReadRow, picture.Width, picture.Height, width, height, kernel);
    }

    private static FloatImage Run(ReadRow source, int fromWidth, int fromHeight, int width, int height, ResampleKernel kernel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return SeparableResize.Run(
            source,
            fromWidth,
            fromHeight,
            ResampleTaps.Antialiased(kernel, fromWidth, width),
            ResampleTaps.Antialiased(kernel, fromHeight, height));
    }
}
