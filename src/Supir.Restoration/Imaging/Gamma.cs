namespace Supir.Restoration.Imaging;

/// <summary>Raises a picture's levels to a power, as the reference's page does before it restores; it is not undone afterwards.</summary>
/// <remarks>v' = v^γ for v from 0 to 1. Source: gradio_demo.py, <c>stage2_process</c> (SUPIR @ bda91af).</remarks>
internal static class Gamma
{
    private const double Levels = 255;

    /// <summary>A new image, or the image itself for γ = 1.</summary>
    /// <param name="image">The image, from −1 to 1.</param>
    /// <param name="gamma">γ, above 0.</param>
    /// <param name="toLevels">Whether the result is rounded to levels of bytes, as the page's is.</param>
    public static FloatImage Apply(FloatImage image, double gamma, bool toLevels)
    {
        if (gamma == 1)
        {
            return image;
        }

        FloatImage result = new(image.Width, image.Height);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            double value = Math.Pow(Math.Clamp((image.Pixels[i] + 1.0) / 2, 0, 1), gamma);
            value = toLevels ? Math.Round(value * Levels) / Levels : value;
            result.Pixels[i] = (float)((value * 2) - 1);
        }

        return result;
    }
}
