namespace Supir.Restoration.Imaging;

/// <summary>The weight of a source pixel by its distance.</summary>
public enum ResampleKernel
{
    /// <summary>Keys' cubic convolution with a = −0.5, two pixels wide to each side: Pillow's BICUBIC.</summary>
    Bicubic,

    /// <summary>sinc(x) · sinc(x / 3), three pixels wide to each side: Pillow's LANCZOS.</summary>
    Lanczos3,
}

/// <summary>The kernels' formulas.</summary>
internal static class ResampleKernelFormulas
{
    extension(ResampleKernel kernel)
    {
        /// <summary>The distance, in source pixels, beyond which the weight is 0.</summary>
        public double Support => kernel == ResampleKernel.Bicubic ? 2.0 : 3.0;

        /// <summary>The weight at distance <paramref name="x"/>.</summary>
        public double WeightAt(double x) => kernel == ResampleKernel.Bicubic ? Cubic(x, -0.5) : Lanczos(x);
    }

    // Keys 1981, "Cubic convolution interpolation for digital image processing", with the free parameter a.
    private static double Cubic(double x, double a)
    {
        x = Math.Abs(x);
        return x switch
        {
            < 1.0 => (((((a + 2.0) * x) - (a + 3.0)) * x) * x) + 1.0,
            < 2.0 => (((((x - 5.0) * x) + 8.0) * x) - 4.0) * a,
            _ => 0.0,
        };
    }

    private static double Lanczos(double x) => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0;

    private static double Sinc(double x) => x == 0.0 ? 1.0 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
