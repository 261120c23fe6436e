using System.Text.Json.Nodes;
using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Server.Catalogue;

/// <summary>Settings as JSON, by the command line's names.</summary>
internal static class SettingValues
{
    /// <summary>All settings; resolving them again gives the same settings.</summary>
    public static JsonObject Of(RestorationSettings settings, string model) => new()
    {
        ["model"] = model,
        ["SUPIR_sign"] = settings.Variant == SupirVariant.Fidelity ? "F" : "Q",
        ["upscale"] = settings.Upscale,
        ["min_size"] = settings.MinSize,
        ["caption"] = settings.Caption,
        ["a_prompt"] = settings.PositivePrompt,
        ["n_prompt"] = settings.NegativePrompt,
        ["long_prompts"] = settings.LongPrompts,
        ["tile_captions"] = settings.TileCaptions is null ? null : new JsonArray([.. settings.TileCaptions.Select(text => JsonValue.Create(text))]),
        ["edm_steps"] = settings.Steps,
        ["seed"] = settings.Seed ?? -1,
        ["s_cfg"] = settings.Guidance.AtNoNoise,
        ["linear_CFG"] = settings.Guidance.AtNoNoise != settings.Guidance.AtMostNoise,
        ["spt_linear_CFG"] = settings.Guidance.AtMostNoise,
        ["s_stage1"] = settings.RestorationExponent ?? -1,
        ["s_stage2"] = settings.ControlScale.AtNoNoise,
        ["linear_s_stage2"] = settings.ControlScale.AtNoNoise != settings.ControlScale.AtMostNoise,
        ["spt_linear_s_stage2"] = settings.ControlScale.AtMostNoise,
        ["s_churn"] = settings.Churn,
        ["s_noise"] = settings.NoiseMultiplier,
        ["num_samples"] = settings.Samples,
        ["tile_batch"] = settings.TileBatch,
        ["color_fix_type"] = settings.ColorFix.ToString(),
        ["color_fix_reference"] = settings.ColorFixReference.ToString(),
        ["use_tile_vae"] = settings.TiledVae is not null,
        ["encoder_tile_size"] = settings.TiledVae?.EncoderTileSize,
        ["decoder_tile_size"] = settings.TiledVae?.DecoderTileSize,
        ["mode"] = settings.Mode == NumericsMode.Reference ? "reference" : "precise",
        ["rng"] = settings.Rng.ToString(),
        ["ae_dtype"] = Name(settings.VaeDType),
        ["diff_dtype"] = Name(settings.DiffusionDType),
    };

    private static string Name(DType type) => type switch
    {
        DType.BFloat16 => "bf16",
        DType.Float16 => "fp16",
        DType.Float8E4M3 => "fp8",
        _ => "fp32",
    };
}
