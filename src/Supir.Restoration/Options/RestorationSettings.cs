using Supir.Engine;
using Supir.Restoration.Color;
using Supir.Restoration.Guidance;
using Supir.Restoration.Imaging;
using Supir.Restoration.Sampling;

namespace Supir.Restoration.Options;

/// <summary>Everything that one run is told, checked: see <see cref="SettingsResolver"/> for where each value comes from.</summary>
/// <remarks>The flags are those of test.py (SUPIR @ bda91af); what is ours is said to be.</remarks>
public sealed record RestorationSettings
{
    /// <summary>How much larger the picture is to be, or <c>null</c> if nobody said, which means 1 (<c>--upscale</c>).</summary>
    public double? Upscale { get; init; }

    /// <summary>The least pixels that the working picture's shorter side has (<c>--min_size</c>).</summary>
    public required int MinSize { get; init; }

    /// <summary>The written picture's pixels a row, instead of <see cref="Upscale"/>; with <see cref="Height"/> the most of both (ours:
    /// <c>--width</c>).</summary>
    public int? Width { get; init; }

    /// <summary>The written picture's rows, instead of <see cref="Upscale"/> (ours: <c>--height</c>).</summary>
    public int? Height { get; init; }

    /// <summary>The most million pixels of the written picture (ours: <c>--max_megapixels</c>).</summary>
    public double? MaxMegapixels { get; init; }

    /// <summary>The format to write, or <c>null</c> for what the output's name says, or else PNG (ours: <c>--format</c>).</summary>
    public PictureFormat? Format { get; init; }

    /// <summary>The quality of JPEG and WebP, 1 to 100 (ours: <c>--quality</c>).</summary>
    public int Quality { get; init; } = SaveOptions.Default.Quality;

    /// <summary>Bits a level of the written picture, 8 or 16, or <c>null</c> for those of the input (ours: <c>--bits</c>).</summary>
    public int? Bits { get; init; }

    /// <summary>Whose way of sizing (ours: <c>--sizing</c>).</summary>
    public Sizing Sizing { get; init; }

    /// <summary>The power that levels from 0 to 1 are raised to before the picture is restored: below 1 is brighter (the page's Gamma
    /// Correction; ours: <c>--gamma</c>).</summary>
    public double Gamma { get; init; } = 1;

    /// <summary>Another sampler than the options file's, or <c>null</c> (ours: <c>--sampler</c>, <c>--tile_size</c>, <c>--tile_stride</c>).</summary>
    public SamplerOptions? Sampler { get; init; }

    /// <summary>Sampling steps, 1 to 1000 (<c>--edm_steps</c>).</summary>
    public required int Steps { get; init; }

    /// <summary>How the pull towards the stage-1 latent fades with the noise, (σ / σ_max) to this power: larger pulls less;
    /// <c>null</c> for no pull (<c>--s_stage1</c>, off at 0 and below).</summary>
    public double? RestorationExponent { get; init; }

    /// <summary>Noise put back over all steps (<c>--s_churn</c>, S_churn of Karras et al. 2022).</summary>
    public required double Churn { get; init; }

    /// <summary>Factor on that noise (<c>--s_noise</c>, S_noise of Karras et al. 2022).</summary>
    public required double NoiseMultiplier { get; init; }

    /// <summary>How strongly the captions steer (<c>--s_cfg</c>, <c>--spt_linear_CFG</c>, <c>--linear_CFG</c>).</summary>
    public required LinearGuidance Guidance { get; init; }

    /// <summary>How strongly the low-quality picture steers (<c>--s_stage2</c>, <c>--spt_linear_s_stage2</c>,
    /// <c>--linear_s_stage2</c>).</summary>
    public required LinearControlScale ControlScale { get; init; }

    /// <summary>The random numbers' seed, 0 to 2³²−1, or <c>null</c> for another one each picture (<c>--seed</c>, −1 for that).</summary>
    public long? Seed { get; init; }

    /// <summary>What the picture shows (ours: <c>--caption</c>).</summary>
    public string Caption { get; init; } = "";

    /// <summary>What is added to the caption (<c>--a_prompt</c>).</summary>
    public required string PositivePrompt { get; init; }

    /// <summary>The text of the unconditional half (<c>--n_prompt</c>).</summary>
    public required string NegativePrompt { get; init; }

    /// <summary>How the colours are drawn back (<c>--color_fix_type</c>).</summary>
    public required ColorFix ColorFix { get; init; }

    /// <summary>What to (ours: <c>--color_fix_reference</c>).</summary>
    public required ColorFixReference ColorFixReference { get; init; }

    /// <summary>The autoencoder's number format (<c>--ae_dtype</c>).</summary>
    public required DType VaeDType { get; init; }

    /// <summary>The diffusion networks' number format (<c>--diff_dtype</c>).</summary>
    public required DType DiffusionDType { get; init; }

    /// <summary>The text towers' number format: single where the autoencoder's is, else half.</summary>
    /// <remarks>The reference computes both in <c>--ae_dtype</c>. But bfloat16 has 8 bits where half has 11, at the same speed,
    /// and texts stay in half's range; so half is nearer to what the reference means.</remarks>
    public DType TextDType => VaeDType == DType.Float32 ? DType.Float32 : DType.Float16;

    /// <summary>How closely the reference is followed (ours: <c>--mode</c>).</summary>
    public required NumericsMode Mode { get; init; }

    /// <summary>Whose random numbers: by default those of the device that computes, as in the reference (ours: <c>--rng</c>).</summary>
    /// <remarks>A CUDA device's are those of an H100, whatever GPU it is, so that a seed means the same picture on all of them.</remarks>
    public required TorchGenerator Rng { get; init; }

    /// <summary>Which of the published checkpoints (<c>--SUPIR_sign</c>).</summary>
    public required SupirVariant Variant { get; init; }

    /// <summary>How many restorations of the picture are made at once (<c>--num_samples</c>).</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Tiles or samples that go through the diffusion at a time: more take more memory and, on a GPU, less time (ours:
    /// <c>--tile_batch</c>).</summary>
    public int TileBatch { get; init; } = 1;

    /// <summary>What each tile shows, row by row, instead of <see cref="Caption"/>; <c>null</c> for one caption (ours:
    /// <c>--tile_captions</c>, a file).</summary>
    public IReadOnlyList<string>? TileCaptions { get; init; }

    /// <summary>Whether a long prompt is read in pieces of 75 words instead of being cut (ours: <c>--long_prompts</c>; off in the reference's
    /// mode).</summary>
    public bool LongPrompts { get; init; }

    /// <summary>How the autoencoder works in bands, or <c>null</c> for the whole picture at once (<c>--use_tile_vae</c>).</summary>
    public TiledVaeOptions? TiledVae { get; init; }

    /// <summary>Whether numbers made from σ are rounded: only where the reference is to be matched and its autoencoder runs in bfloat16.</summary>
    public SigmaRounding SigmaRounding =>
        Mode == NumericsMode.Reference && VaeDType == DType.BFloat16 ? SigmaRounding.BFloat16 : SigmaRounding.None;

    /// <summary>A caption with what is added to it. The reference puts nothing between them, which makes one word of two.</summary>
    public string PromptFor(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        if (Mode == NumericsMode.Reference || caption.Length == 0 || PositivePrompt.Length == 0)
        {
            return caption + PositivePrompt;
        }

        string text = caption.TrimEnd();
        return text.Length > 0 && char.IsLetterOrDigit(text[^1]) ? $"{text}, {PositivePrompt}" : $"{text} {PositivePrompt}";
    }

    /// <summary>These settings with a seed: drawn from 0 to 65535, as the reference draws it, if there is none yet.</summary>
    public RestorationSettings WithSeedDrawn() => Seed is null ? this with { Seed = Random.Shared.Next(DrawnSeeds) } : this;

    private const int DrawnSeeds = 65536;
}

/// <summary>How much of a picture the autoencoder holds at a time; the result is the same.</summary>
/// <param name="EncoderTileSize">The side, in pixels, of a square that the encoder may work on at once (<c>--encoder_tile_size</c>).</param>
/// <param name="DecoderTileSize">The side, in places of the latent, of a square that the decoder may work on at once
/// (<c>--decoder_tile_size</c>).</param>
public sealed record TiledVaeOptions(int EncoderTileSize, int DecoderTileSize);
