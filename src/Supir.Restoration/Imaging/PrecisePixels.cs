namespace Supir.Restoration.Imaging;

/// <summary>Into the networks and out again with as little loss as we can: antialiased, in floats, rounded once at the end.</summary>
public static class PrecisePixels
{
    /// <summary>The working picture: antialiased bicubic in single precision, overshoot clipped to [−1, 1]. What alpha hides takes the colours
    /// around it.</summary>
    public static FloatImage ToWorking(Picture picture, WorkingSize size)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(size);
        FloatImage image = picture.HasAlpha
            ? AntialiasedResize.Resize(AlphaPlane.VisibleColours(picture), size.Width, size.Height, ResampleKernel.Bicubic)
            : AntialiasedResize.Resize(picture, size.Width, size.Height, ResampleKernel.Bicubic);
        image.Clip(-1f, 1f);
        return image;
    }

    /// <summary>The written picture: antialiased Lanczos, rounded to the nearest level; with the alpha of
    /// <paramref name="source"/>, resized, where it has one.</summary>
    /// <param name="image">The restored working picture.</param>
    /// <param name="size">The size to write.</param>
    /// <param name="source">The picture that was restored.</param>
    /// <param name="isWide">Whether the result has 16 bits.</param>
    public static Picture ToOutput(FloatImage image, WorkingSize size, Picture? source = null, bool isWide = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(size);
        bool sameSize = image.Width == size.OutputWidth && image.Height == size.OutputHeight;
        FloatImage resized = sameSize
            ? image
            : AntialiasedResize.Resize(image, size.OutputWidth, size.OutputHeight, ResampleKernel.Lanczos3);
        Picture picture = isWide ? resized.ToWidePicture() : resized.ToPicture();
        return source is null ? picture : AlphaPlane.PutBack(picture, source);
    }
}
