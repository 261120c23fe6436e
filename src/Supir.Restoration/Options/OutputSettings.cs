using Supir.Restoration.Imaging;

namespace Supir.Restoration.Options;

/// <summary>Reads the flags that say how the written picture is to be.</summary>
internal static class OutputSettings
{
    private const int LongestSide = 65_535;

    private static readonly string[] Formats = ["png", "jpg", "jpeg", "webp", "tif", "tiff"];

    /// <summary>Pixels a row.</summary>
    /// <exception cref="OptionException">The size is said twice, or outside its range.</exception>
    public static int? Width(SettingSources given) => Side(given, "width");

    /// <summary>Rows.</summary>
    /// <exception cref="OptionException">The size is said twice, or outside its range.</exception>
    public static int? Height(SettingSources given) => Side(given, "height");

    /// <summary>The format.</summary>
    public static PictureFormat? Format(SettingSources given) =>
        given.Choice("format", Formats) is string format ? SupportedFormats.ForWriting("." + format) : null;

    /// <summary>Bits a level.</summary>
    public static int? Bits(SettingSources given) => given.Choice("bits", "8", "16") is string bits ? bits == "8" ? 8 : 16 : null;

    /// <summary>The most million pixels.</summary>
    public static double? MaxMegapixels(SettingSources given) =>
        given.Number("max_megapixels", 0.01, 100) is double megapixels ? RequireOwnSizing(given, "max_megapixels", megapixels) : null;

    private static T RequireOwnSizing<T>(SettingSources given, string flag, T value) => given.Choice("sizing", Enum.GetNames<Sizing>()) == nameof(Sizing.Demo)
        ? throw new OptionException($"--{flag}: with --sizing demo the size follows from --upscale and --min_size alone.")
        : value;

    private static int? Side(SettingSources given, string flag)
    {
        int? side = (int?)given.Integer(flag, 1, LongestSide);
        return side is not null && given.Number("upscale", 0, double.MaxValue) is not null
            ? throw new OptionException($"--{flag}: --upscale says already how large the picture becomes; give one of both.")
            : side is int pixels ? RequireOwnSizing(given, flag, pixels) : null;
    }
}
