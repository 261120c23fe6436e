using Supir.Restoration.Options;

namespace Supir.Restoration.Imaging;

/// <summary>At which size a picture is restored and at which it is written.</summary>
/// <param name="Width">Pixels a row of the working picture, a multiple of 64, or of 32 as the reference's page sizes.</param>
/// <param name="Height">Rows of the working picture, likewise.</param>
/// <param name="OutputWidth">Pixels a row of the written picture.</param>
/// <param name="OutputHeight">Rows of the written picture.</param>
/// <remarks>Source: <c>PIL2Tensor</c>, <c>upscale_image</c> and <c>fix_resize</c>, SUPIR/util.py (SUPIR @ bda91af). All roundings are to the even neighbour, as Python's.</remarks>
public sealed record WorkingSize(int Width, int Height, int OutputWidth, int OutputHeight)
{
    /// <summary>What the reference's command line rounds both sides to, and its page those of the picture that is captioned.</summary>
    public const int Multiple = 64;

    /// <summary>What its page rounds both sides to: the autoencoder halves three times and the UNet twice more, 2⁵ pixels.</summary>
    public const int DemoMultiple = 32;

    /// <summary>The most pixels of a working or written picture: 8192².</summary>
    public const long MostPixels = 8192L * 8192L;

    /// <summary>The sizes for a picture.</summary>
    /// <remarks>Input · factor is the output. Where its shorter side is below the least side, the working picture is enlarged to that side,
    /// aspect kept; in <see cref="NumericsMode.Precise"/> and without a factor, the output is enlarged with it (128×128 with least side 512 →
    /// 512×512). Both working sides are then rounded to multiples of 64, at least 64.</remarks>
    /// <param name="inputWidth">The picture's pixels a row.</param>
    /// <param name="inputHeight">The picture's rows.</param>
    /// <param name="upscale">The factor that the user asked for; null where none was given, which counts as 1.</param>
    /// <param name="minSize">The least length of the working picture's shorter side, in pixels.</param>
    /// <param name="mode">By whose rules the output size is found.</param>
    /// <exception cref="OptionException">The factor or the least side is not above 0, or the picture would become larger than 8192² pixels.</exception>
    public static WorkingSize For(int inputWidth, int inputHeight, double? upscale, int minSize, NumericsMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputHeight, 1);
        RequireSensible(upscale, minSize);

        double width = inputWidth * (upscale ?? 1.0);
        double height = inputHeight * (upscale ?? 1.0);
        (double outputWidth, double outputHeight) = (width, height);
        double shorter = Math.Min(width, height);
        if (shorter < minSize)
        {
            double enlargement = minSize / shorter;
            width *= enlargement;
            height *= enlargement;
            if (mode == NumericsMode.Precise && upscale is null)
            {
                (outputWidth, outputHeight) = (width, height);
            }
        }

        RequirePossible(inputWidth, inputHeight, Math.Max(width, outputWidth), Math.Max(height, outputHeight));
        return new WorkingSize(RoundToMultiple(width), RoundToMultiple(height), RoundToPixel(outputWidth), RoundToPixel(outputHeight));
    }

    /// <summary>The sizes for a picture, as the settings say them: by a factor, by the sides, and at most so many pixels.</summary>
    /// <exception cref="OptionException">The picture would become larger than 8192² pixels.</exception>
    public static WorkingSize For(int inputWidth, int inputHeight, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        WorkingSize Sized(double? upscale) => For(inputWidth, inputHeight, upscale, settings.MinSize, settings.Mode);

        double? factor = settings.Upscale;
        if (settings.Width is not null || settings.Height is not null)
        {
            factor = Math.Min((double?)settings.Width / inputWidth ?? double.MaxValue, (double?)settings.Height / inputHeight ?? double.MaxValue);
        }

        if (settings.MaxMegapixels is not double megapixels)
        {
            return Sized(factor);
        }

        // A picture that would be too large to restore is what this is for: the sides alone say whether it would.
        double most = megapixels * 1e6;
        double largest = Math.Sqrt(most / ((double)inputWidth * inputHeight));
        if ((factor ?? 1.0) <= largest)
        {
            WorkingSize size = Sized(factor);
            if ((double)size.OutputWidth * size.OutputHeight <= most)
            {
                return size;
            }
        }

        while ((double)RoundToPixel(inputWidth * largest) * RoundToPixel(inputHeight * largest) > most && RoundToPixel(inputWidth * largest) > 1)
        {
            largest *= 0.9995;
        }

        return Sized(largest);
    }

    /// <summary>The sizes for the small picture that is captioned: the shorter side is brought to <paramref name="shorterSide"/>
    /// exactly, and the output has that size too.</summary>
    /// <remarks>The reference first applies its factor and least side; they cancel out but for the last bit, which is kept.</remarks>
    /// <exception cref="OptionException">As for <see cref="For(int, int, double?, int, NumericsMode)"/>.</exception>
    public static WorkingSize ForPreview(int inputWidth, int inputHeight, double? upscale, int minSize, int shorterSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shorterSide, 1);
        RequireSensible(upscale, minSize);

        double width = inputWidth * (upscale ?? 1.0);
        double height = inputHeight * (upscale ?? 1.0);
        foreach (int side in (ReadOnlySpan<int>)[minSize, shorterSide])
        {
            double shorter = Math.Min(width, height);
            if (shorter < side || side == shorterSide)
            {
                double factor = side / shorter;
                width *= factor;
                height *= factor;
            }
        }

        RequirePossible(inputWidth, inputHeight, width, height);
        return new WorkingSize(RoundToMultiple(width), RoundToMultiple(height), RoundToPixel(width), RoundToPixel(height));
    }

    /// <summary>The sizes that the reference's page works at: the factor, then the least side, then multiples of 32. The picture is written at
    /// that size, so its aspect may change by up to 16 pixels.</summary>
    /// <exception cref="OptionException">As for <see cref="For(int, int, double?, int, NumericsMode)"/>.</exception>
    public static WorkingSize ForDemo(int inputWidth, int inputHeight, double? upscale, int minSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputHeight, 1);
        RequireSensible(upscale, minSize);
        double width = inputWidth * (upscale ?? 1.0);
        double height = inputHeight * (upscale ?? 1.0);
        double shorter = Math.Min(width, height);
        return shorter < minSize
            ? Demo(inputWidth, inputHeight, width * (minSize / shorter), height * (minSize / shorter), DemoMultiple)
            : Demo(inputWidth, inputHeight, width, height, DemoMultiple);
    }

    /// <summary>The sizes for the small picture that the reference's page captions: the shorter side brought to
    /// <paramref name="shorterSide"/>, then multiples of 64.</summary>
    /// <exception cref="OptionException">As for <see cref="For(int, int, double?, int, NumericsMode)"/>.</exception>
    public static WorkingSize ForDemoPreview(int inputWidth, int inputHeight, int shorterSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shorterSide, 1);
        double factor = shorterSide / (double)Math.Min(inputWidth, inputHeight);
        return Demo(inputWidth, inputHeight, inputWidth * factor, inputHeight * factor, Multiple);
    }

    private static WorkingSize Demo(int inputWidth, int inputHeight, double width, double height, int multiple)
    {
        RequirePossible(inputWidth, inputHeight, width, height);
        (int w, int h) = (RoundToMultiple(width, multiple), RoundToMultiple(height, multiple));
        return new WorkingSize(w, h, w, h);
    }

    private static int RoundToMultiple(double side, int multiple = Multiple) => Math.Max(multiple, (int)Math.Round(side / multiple) * multiple);

    private static int RoundToPixel(double side) => Math.Max(1, (int)Math.Round(side));

    private static void RequireSensible(double? upscale, int minSize)
    {
        if (upscale is double factor && !(factor > 0.0 && double.IsFinite(factor)))
        {
            throw new OptionException(FormattableString.Invariant($"--upscale must be above 0 but is {factor}."));
        }

        if (minSize < 1)
        {
            throw new OptionException(FormattableString.Invariant($"--min_size must be at least 1 pixel but is {minSize}."));
        }
    }

    private static void RequirePossible(int inputWidth, int inputHeight, double width, double height)
    {
        if (width * height > MostPixels)
        {
            throw new OptionException(FormattableString.Invariant(
                $"A picture of {inputWidth} × {inputHeight} would become {width:0} × {height:0}; at most {MostPixels:N0} pixels can be restored. ")
                + "Lower --upscale or --min_size, or cut the picture.");
        }
    }
}
