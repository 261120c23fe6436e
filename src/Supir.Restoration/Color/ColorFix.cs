using Supir.Restoration.Imaging;

namespace Supir.Restoration.Color;

/// <summary>How the restored picture gets back the colours of the picture that it was made from.</summary>
public enum ColorFix
{
    /// <summary>Colours stay as the diffusion made them.</summary>
    None,

    /// <summary>Mean and spread of every channel are taken over.</summary>
    AdaIn,

    /// <summary>Everything coarser than about 32 pixels is taken over, detail is kept.</summary>
    Wavelet,
}

/// <summary>Applies a <see cref="ColorFix"/>.</summary>
public static class ColorFixes
{
    extension(ColorFix fix)
    {
        /// <summary>The image <paramref name="content"/> with the colours of <paramref name="style"/>; neither is changed.</summary>
        /// <param name="content">The restored image.</param>
        /// <param name="style">The image whose colours are right, of the same size: the reference takes the denoised input (stage 1).</param>
        /// <returns>A new image; <paramref name="content"/> itself for <see cref="ColorFix.None"/>. Values may leave [−1, 1].</returns>
        public FloatImage Apply(FloatImage content, FloatImage style)
        {
            ArgumentNullException.ThrowIfNull(content);
            ArgumentNullException.ThrowIfNull(style);
            ArgumentOutOfRangeException.ThrowIfNotEqual(style.Width, content.Width, nameof(style));
            ArgumentOutOfRangeException.ThrowIfNotEqual(style.Height, content.Height, nameof(style));
            return fix switch
            {
                ColorFix.None => content,
                ColorFix.AdaIn => AdaInColorFix.Apply(content, style),
                ColorFix.Wavelet => WaveletColorFix.Apply(content, style),
                _ => throw new InvalidOperationException($"There is no colour fix {fix}."),
            };
        }
    }
}
