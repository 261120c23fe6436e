using Supir.Restoration.Options;

namespace Supir.Restoration.Imaging;

/// <summary>A picture on its way into the networks and out again, by the settings' sizing and mode.</summary>
public static class WorkingPicture
{
    /// <summary>At which size the picture is restored and written.</summary>
    /// <exception cref="OptionException">The picture would become too large.</exception>
    public static WorkingSize SizeOf(Picture picture, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Sizing == Sizing.Demo
            ? WorkingSize.ForDemo(picture.Width, picture.Height, settings.Upscale, settings.MinSize)
            : WorkingSize.For(picture.Width, picture.Height, settings);
    }

    /// <summary>The picture as the networks see it.</summary>
    public static FloatImage Of(Picture picture, WorkingSize size, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(settings);
        bool isReference = settings.Mode == NumericsMode.Reference;
        FloatImage working = (settings.Sizing, isReference) switch
        {
            (Sizing.Demo, true) => FloatImage.Of(DemoPixels.ToWorking(DemoPixels.OnWhite(picture), size, settings.Upscale)),
            (Sizing.Demo, false) => FloatImage.Of(DemoPixels.ToWorking(picture, size, settings.Upscale)),
            (_, true) => ReferencePixels.ToWorking(picture, size),
            _ => PrecisePixels.ToWorking(picture, size),
        };
        return Gamma.Apply(working, settings.Gamma, toLevels: isReference);
    }

    /// <summary>A restored working picture as it is written.</summary>
    /// <param name="restored">The picture out of the networks.</param>
    /// <param name="size">The sizes.</param>
    /// <param name="source">The picture that was restored, which may have alpha.</param>
    /// <param name="settings">The settings.</param>
    public static Picture Finish(FloatImage restored, WorkingSize size, Picture source, RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);

        // On its way into a profile's colours 8 bits would be rounded twice.
        bool isWide = (settings.Bits ?? source.Bits) == 16 || !source.Metadata.Profile.IsEmpty;
        Picture picture = (settings.Mode, settings.Sizing) switch
        {
            (NumericsMode.Precise, _) => PrecisePixels.ToOutput(restored, size, source, isWide),

            // The page rounds, unlike the command line.
            (_, Sizing.Demo) => restored.ToPicture(),
            _ => ReferencePixels.ToOutput(restored, size),
        };
        return picture.WithMetadata(source.Metadata);
    }
}
