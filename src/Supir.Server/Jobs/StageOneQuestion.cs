using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Server.Jobs;

/// <summary>What a picture of stage 1 depends on.</summary>
/// <param name="Picture">A digest of the picture file.</param>
/// <param name="Model">The model's id.</param>
/// <param name="ShorterSide">The shorter side that it is wanted at; <c>null</c> for the size that the picture is restored at.</param>
/// <param name="Variant">The model's variant.</param>
/// <param name="Mode">How pixels are resized and rounded.</param>
/// <param name="Type">The number format of the autoencoder.</param>
/// <param name="Size">What the size that it is restored at depends on.</param>
internal sealed record StageOneQuestion(
    string Picture, string Model, int? ShorterSide, SupirVariant Variant, NumericsMode Mode, DType Type,
    (double? Upscale, int MinSize, int? Width, int? Height, double? MaxMegapixels, Sizing Sizing) Size)
{
    /// <summary>The question that a request asks.</summary>
    public static StageOneQuestion Of(string picture, string model, int? shorterSide, RestorationSettings settings) => new(
        picture, model, shorterSide, settings.Variant, settings.Mode, settings.VaeDType,
        (settings.Upscale, settings.MinSize, settings.Width, settings.Height, settings.MaxMegapixels, settings.Sizing));
}
