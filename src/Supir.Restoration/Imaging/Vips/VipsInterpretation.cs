namespace Supir.Restoration.Imaging.Vips;

/// <summary>The meanings of pixels in <c>VipsInterpretation</c> that we distinguish; others are converted by libvips.</summary>
internal enum VipsInterpretation
{
    Multiband = 0,
    BlackAndWhite = 1,
    Cmyk = 15,
    Rgb = 17,
    Srgb = 22,
    Rgb16 = 25,
    Grey16 = 26,
}
