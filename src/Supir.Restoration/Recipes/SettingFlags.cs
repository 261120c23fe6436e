using System.Globalization;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Restoration.Recipes;

/// <summary>Settings as flags: what one would write on the command line to get them, every one.</summary>
public static class SettingFlags
{
    /// <summary>The flags that no recipe holds: a preset's values are in it, and captions of tiles stand apart from it.</summary>
    public static IReadOnlyList<string> LeftOut { get; } = ["preset", "tile_captions"];

    /// <summary>Flag → text, in the flags' alphabetical order.</summary>
    public static SortedList<string, string> Of(RestorationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SortedList<string, string> flags = new(StringComparer.Ordinal)
        {
            ["min_size"] = Text(settings.MinSize),
            ["edm_steps"] = Text(settings.Steps),
            ["s_stage1"] = Text(settings.RestorationExponent ?? -1),
            ["s_churn"] = Text(settings.Churn),
            ["s_noise"] = Text(settings.NoiseMultiplier),
            ["s_cfg"] = Text(settings.Guidance.AtNoNoise),
            ["spt_linear_CFG"] = Text(settings.Guidance.AtMostNoise),
            ["linear_CFG"] = Text(true),
            ["s_stage2"] = Text(settings.ControlScale.AtNoNoise),
            ["spt_linear_s_stage2"] = Text(settings.ControlScale.AtMostNoise),
            ["linear_s_stage2"] = Text(true),
            ["seed"] = Text(settings.Seed ?? -1),
            ["caption"] = settings.Caption,
            ["a_prompt"] = settings.PositivePrompt,
            ["n_prompt"] = settings.NegativePrompt,
            ["color_fix_type"] = settings.ColorFix.ToString(),
            ["color_fix_reference"] = settings.ColorFixReference.ToString(),
            ["ae_dtype"] = NumberFormats.Name(settings.VaeDType),
            ["diff_dtype"] = NumberFormats.Name(settings.DiffusionDType),
            ["mode"] = settings.Mode == NumericsMode.Reference ? "reference" : "precise",
            ["SUPIR_sign"] = settings.Variant == SupirVariant.Fidelity ? "F" : "Q",
            ["num_samples"] = Text(settings.Samples),
            ["tile_batch"] = Text(settings.TileBatch),
            ["long_prompts"] = Text(settings.LongPrompts),
            ["use_tile_vae"] = Text(settings.TiledVae is not null),
            ["sizing"] = settings.Sizing.ToString(),
            ["gamma"] = Text(settings.Gamma),
            ["quality"] = Text(settings.Quality),
        };
        Add(flags, "upscale", settings.Upscale);
        Add(flags, "width", settings.Width);
        Add(flags, "height", settings.Height);
        Add(flags, "max_megapixels", settings.MaxMegapixels);
        Add(flags, "bits", settings.Bits);
        Add(flags, "encoder_tile_size", settings.TiledVae?.EncoderTileSize);
        Add(flags, "decoder_tile_size", settings.TiledVae?.DecoderTileSize);
        if (settings.Sampler is SamplerOptions sampler)
        {
            flags["sampler"] = sampler.Kind.ShortName;
            Add(flags, "tile_size", sampler.Tiles?.Size);
            Add(flags, "tile_stride", sampler.Tiles?.Stride);
        }

        flags["rng"] = settings.Rng.ToString();
        if (settings.Format is PictureFormat format)
        {
            flags["format"] = NameOf(format);
        }

        return flags;
    }

    private static string NameOf(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => "jpg",
        PictureFormat.WebP => "webp",
        PictureFormat.Tiff => "tif",
        _ => "png",
    };

    private static void Add(SortedList<string, string> flags, string flag, double? value)
    {
        if (value is double number)
        {
            flags[flag] = Text(number);
        }
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";
}
