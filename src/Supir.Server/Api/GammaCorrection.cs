using Supir.Restoration.Imaging;

namespace Supir.Server.Api;

/// <summary>Raises the levels of a finished picture to a power, as the demos show their stage 1.</summary>
/// <remarks>v' = 255 · (v / 255)^γ, rounded. Source: gradio_demo.py, <c>stage1_process</c> (SUPIR @ bda91af).</remarks>
internal static class GammaCorrection
{
    private const double Most = 255;

    /// <summary>The picture with other levels; the picture itself for γ = 1.</summary>
    public static Picture Apply(Picture picture, double gamma)
    {
        if (gamma == 1)
        {
            return picture;
        }

        byte[] levels = [.. Enumerable.Range(0, 256).Select(level => (byte)Math.Round(Most * Math.Pow(level / Most, gamma)))];
        byte[] pixels = picture.Pixels.ToArray();
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = levels[pixels[i]];
        }

        return new Picture(picture.Width, picture.Height, pixels);
    }
}
