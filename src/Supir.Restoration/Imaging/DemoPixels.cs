namespace Supir.Restoration.Imaging;

/// <summary>Into the networks and out again as the reference's page does.</summary>
/// <remarks>Source: <c>HWC3</c>, <c>upscale_image</c> and <c>fix_resize</c>, SUPIR/util.py, and gradio_demo.py (SUPIR @ bda91af). The page
/// chooses the interpolation by the factor that was asked for: a small picture at factor 1 is enlarged by INTER_AREA, in coarse steps.</remarks>
public static class DemoPixels
{
    /// <summary>The working picture, in levels of bytes.</summary>
    /// <param name="picture">The picture; its alpha is not looked at.</param>
    /// <param name="size">From <see cref="WorkingSize.ForDemo"/>.</param>
    /// <param name="upscale">The factor that was asked for.</param>
    public static Picture ToWorking(Picture picture, WorkingSize size, double? upscale)
    {
        ArgumentNullException.ThrowIfNull(size);
        return OpenCvResize.Resize(
            picture, size.Width, size.Height, upscale > 1 ? OpenCvInterpolation.Lanczos4 : OpenCvInterpolation.Area);
    }

    /// <summary>The small picture that is captioned, in levels of bytes.</summary>
    /// <param name="picture">The picture; its alpha is not looked at.</param>
    /// <param name="size">From <see cref="WorkingSize.ForDemoPreview"/>.</param>
    /// <param name="shorterSide">What that was asked for.</param>
    public static Picture ToPreview(Picture picture, WorkingSize size, int shorterSide)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(size);
        bool grows = shorterSide > Math.Min(picture.Width, picture.Height);
        return OpenCvResize.Resize(picture, size.Width, size.Height, grows ? OpenCvInterpolation.Lanczos4 : OpenCvInterpolation.Area);
    }

    /// <summary>The picture laid on white as the page does it: in single precision, cut off and not rounded.</summary>
    public static Picture OnWhite(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (!picture.HasAlpha)
        {
            return picture;
        }

        byte[] flat = new byte[picture.Pixels.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            float alpha = picture.Alpha[i / Picture.Channels] / 255f;
            flat[i] = (byte)Math.Clamp((picture.Pixels[i] * alpha) + (255f * (1f - alpha)), 0f, 255f);
        }

        return new Picture(picture.Width, picture.Height, flat, null, picture.Format);
    }
}
