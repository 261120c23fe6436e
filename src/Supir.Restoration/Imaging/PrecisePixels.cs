namespace Supir.Restoration.Imaging;

/// <summary>Into the networks and out again with as little loss as we can: antialiased, in floats, rounded once at the end.</summary>
public static class PrecisePixels
{
    /// <summary>The working picture: antialiased bicubic in single precision, overshoot clipped to [−1, 1]. Alpha is not looked at.</summary>
    public static FloatImage ToWorking(Picture picture, WorkingSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        FloatImage image = AntialiasedResize.Resize(picture, size.Width, size.Height, ResampleKernel.Bicubic);
        image.Clip(-1f, 1f);
        return image;
    }

    /// <summary>The written picture: antialiased Lanczos, rounded to the nearest level; with the alpha of
    /// <paramref name="source"/>, resized, where it has one.</summary>
    public static Picture ToOutput(FloatImage image, WorkingSize size, Picture? source = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(size);
        bool sameSize = image.Width == size.OutputWidth && image.Height == size.OutputHeight;
        FloatImage resized = sameSize
            ? image
            : AntialiasedResize.Resize(image, size.OutputWidth, size.OutputHeight, ResampleKernel.Lanczos3);
        Picture picture = resized.ToPicture();
        return source is null ? picture : picture.WithAlphaOf(source);
    }
}
