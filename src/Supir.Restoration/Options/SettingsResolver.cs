using Supir.Engine;
using Supir.Restoration.Color;
using Supir.Restoration.Guidance;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Options;

/// <summary>Makes a run's settings of what was given where.</summary>
/// <remarks>For each flag the first of these counts: the command line; the preset, if one was asked for, which is the options file's
/// <c>default_setting</c> under the flag's name and the preset's ending, or values of its own (<see cref="Presets"/>);
/// <c>default_setting</c> under the flag's name; the options file's prompts and number formats; the defaults of test.py (SUPIR @ bda91af).
/// </remarks>
public static class SettingsResolver
{
    /// <summary>The flags, as the reference spells them; the last lines are ours.</summary>
    public static IReadOnlyList<string> Flags { get; } =
    [
        "upscale", "min_size", "SUPIR_sign", "seed", "edm_steps", "s_stage1", "s_churn", "s_noise", "s_cfg", "s_stage2",
        "a_prompt", "n_prompt", "color_fix_type", "linear_CFG", "linear_s_stage2", "spt_linear_CFG", "spt_linear_s_stage2",
        "ae_dtype", "diff_dtype", "num_samples", "use_tile_vae", "encoder_tile_size", "decoder_tile_size",
        "color_fix_reference", "mode", "rng", "caption", "preset", "long_prompts", "tile_captions", "tile_batch",
        "width", "height", "max_megapixels", "format", "quality", "bits",
        "sizing", "gamma", "sampler", "tile_size", "tile_stride",
    ];

    private const int LargestBatch = 64;

    /// <summary>Four tiles keep a GPU busy, and their memory is that of one picture of twice the side.</summary>
    private const int TileBatchOnGpu = 4;

    /// <summary>Settles every setting.</summary>
    /// <param name="options">The options file.</param>
    /// <param name="commandLine">Flag → text, with or without leading dashes, "-" and "_" alike; <c>null</c> for a flag that was not
    /// given, "" for a switch that stands alone.</param>
    /// <param name="device">What computes.</param>
    /// <exception cref="OptionException">A flag that there is not, or a value outside its range; the message names both.</exception>
    public static RestorationSettings Resolve(ModelOptions options, IReadOnlyDictionary<string, string?> commandLine, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(commandLine);
        SettingSources given = new(Flags);
        given.Add(flag => "--" + flag.TrimStart('-'), commandLine);
        Preset? preset = given.Text("preset") is string name ? Presets.Find(name) : null;
        AddDefaults(given, options, preset);

        NumericsMode mode = given.Choice("mode", "precise", "reference") == "reference" ? NumericsMode.Reference : NumericsMode.Precise;
        double guidance = given.Number("s_cfg", 0, 100) ?? 4.0;
        double guidanceAtMostNoise = given.Number("spt_linear_CFG", 0, 100) ?? 1.0;
        double control = given.Number("s_stage2", 0, 10) ?? 1.0;
        double controlAtMostNoise = given.Number("spt_linear_s_stage2", 0, 10) ?? 0.0;
        double restoration = given.Number("s_stage1", -1, 100) ?? -1;
        long seed = given.Integer("seed", -1, uint.MaxValue) ?? 1234;
        (DType vae, DType diffusion) = device == ComputeDevice.Cpu ? FormatsOnCpu(commandLine, mode) : FormatsOnGpu(given, options);

        return new RestorationSettings
        {
            Upscale = given.Number("upscale", 0.01, 16),
            MinSize = (int)(given.Integer("min_size", 64, 16384) ?? 1024),
            Width = OutputSettings.Width(given),
            Height = OutputSettings.Height(given),
            MaxMegapixels = OutputSettings.MaxMegapixels(given),
            Format = OutputSettings.Format(given),
            Quality = (int)(given.Integer("quality", 1, 100) ?? SaveOptions.Default.Quality),
            Bits = OutputSettings.Bits(given),
            Sizing = Enum.Parse<Sizing>(given.Choice("sizing", Enum.GetNames<Sizing>()) ?? nameof(Sizing.Cli)),
            Gamma = given.Number("gamma", 0.1, 10) ?? 1,
            Sampler = SamplerOf(given, options),
            Steps = (int)(given.Integer("edm_steps", 1, 1000) ?? 50),
            RestorationExponent = restoration > 0 ? restoration : null,
            Churn = given.Number("s_churn", 0, 1000) ?? 5,
            NoiseMultiplier = given.Number("s_noise", 0, 2) ?? 1.01,
            Guidance = new LinearGuidance(guidance, given.Switch("linear_CFG") ?? true ? guidanceAtMostNoise : guidance),
            ControlScale = new LinearControlScale(control, given.Switch("linear_s_stage2") ?? false ? controlAtMostNoise : control),
            Seed = seed >= 0 ? seed : null,
            Caption = given.Text("caption") ?? "",
            PositivePrompt = given.Text("a_prompt") ?? options.PositivePrompt ?? DefaultPrompts.Positive,
            NegativePrompt = given.Text("n_prompt") ?? options.NegativePrompt ?? DefaultPrompts.Negative,
            ColorFix = Enum.Parse<ColorFix>(given.Choice("color_fix_type", Enum.GetNames<ColorFix>()) ?? nameof(ColorFix.Wavelet)),
            ColorFixReference = Enum.Parse<ColorFixReference>(
                given.Choice("color_fix_reference", Enum.GetNames<ColorFixReference>()) ?? nameof(ColorFixReference.Stage1)),
            VaeDType = vae,
            DiffusionDType = diffusion,
            Mode = mode,
            Rng = given.Choice("rng", Enum.GetNames<TorchGenerator>()) is string stream
                ? Enum.Parse<TorchGenerator>(stream)
                : device == ComputeDevice.Cuda ? TorchGenerator.Cuda : TorchGenerator.Cpu,
            Samples = (int)(given.Integer("num_samples", 1, LargestBatch) ?? 1),
            TileBatch = (int)(given.Integer("tile_batch", 1, LargestBatch) ?? (device == ComputeDevice.Cpu ? 1 : TileBatchOnGpu)),
            TileCaptions = given.Text("tile_captions") is string file ? Tiling.TileCaptions.Load(file) : null,
            LongPrompts = given.Switch("long_prompts") ?? mode == NumericsMode.Precise,
            TiledVae = TiledVae(given),
            Variant = given.Choice("SUPIR_sign", "Q", "F") == "F" ? SupirVariant.Fidelity : SupirVariant.Quality,
        };
    }

    // The reference's files carry the values of two presets side by side, such as s_cfg_Quality and s_cfg_Fidelity.
    private static void AddDefaults(SettingSources given, ModelOptions options, Preset? preset)
    {
        string[] endings = [.. Presets.All.Select(other => other.Ending).OfType<string>()];
        Dictionary<string, string?> plain = [];
        Dictionary<string, Dictionary<string, string?>> ending = endings.ToDictionary(name => name, _ => new Dictionary<string, string?>());
        foreach ((string key, string value) in options.DefaultSettings)
        {
            if (Array.Find(endings, name => key.EndsWith("_" + name, StringComparison.OrdinalIgnoreCase)) is string found)
            {
                ending[found][key[..^(found.Length + 1)]] = value;
            }
            else
            {
                plain[key] = value;
            }
        }

        foreach (string name in endings)
        {
            // What another preset's keys say counts for nothing, but they must be flags all the same.
            SettingSources target = name == preset?.Ending ? given : new SettingSources(Flags);
            target.Add(flag => $"{options.Path}: default_setting.{flag}_{name}", ending[name]);
        }

        if (preset is not null)
        {
            given.Add(flag => $"preset {preset.Name}: {flag}", preset.Values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        }

        given.Add(flag => $"{options.Path}: default_setting.{flag}", plain);
    }

    private static SamplerOptions? SamplerOf(SettingSources given, ModelOptions options)
    {
        string? name = given.Choice("sampler", [.. SamplerKindNames.Short, .. SamplerKindNames.Short.Select(name => name + "Sampler")]);
        int? size = (int?)given.Integer("tile_size", TileOptions.Smallest, TileOptions.Largest);
        int? stride = (int?)given.Integer("tile_stride", 1, TileOptions.Largest);
        if (name is null && size is null && stride is null)
        {
            return null;
        }

        SamplerKind kind = name is null ? options.Sampler.Kind : SamplerKindNames.Parse(name);
        if (!kind.HasTiles)
        {
            return size is null && stride is null
                ? options.Sampler with { Kind = kind, Tiles = null }
                : throw new OptionException(
                    $"{(size is null ? "--tile_stride" : "--tile_size")}: the sampler {kind.ShortName} has no tiles; choose one that has with --sampler, such as TiledRestoreEDM.");
        }

        TileOptions tiles = options.Sampler.Tiles ?? TileOptions.Default;
        TileOptions wanted = new(size ?? tiles.Size, stride ?? (size is null ? tiles.Stride : Math.Max(1, size.Value / 2)));
        return wanted.Stride <= wanted.Size
            ? options.Sampler with { Kind = kind, Tiles = wanted }
            : throw new OptionException($"--tile_stride: {wanted.Stride} is more than the tiles' size {wanted.Size}: they would leave gaps.");
    }

    private static TiledVaeOptions? TiledVae(SettingSources given)
    {
        int encoder = (int)(given.Integer("encoder_tile_size", 64, 1 << 16) ?? 512);
        int decoder = (int)(given.Integer("decoder_tile_size", 8, 1 << 13) ?? 64);
        return given.Switch("use_tile_vae") ?? false ? new TiledVaeOptions(encoder, decoder) : null;
    }

    private static (DType Vae, DType Diffusion) FormatsOnGpu(SettingSources given, ModelOptions options) =>
        (NumberFormats.Parse(given.Choice("ae_dtype", NumberFormats.ForVae)) ?? options.VaeDType ?? DType.BFloat16,
            NumberFormats.Parse(given.Choice("diff_dtype", NumberFormats.ForDiffusion)) ?? options.DiffusionDType ?? DType.Float16);

    // A processor computes in single precision, whatever is asked for: a command line written for a GPU runs there, too. What the autoencoder's
    // format means for latents and noise levels in the reference's mode counts all the same, by a person's own word.
    private static (DType Vae, DType Diffusion) FormatsOnCpu(IReadOnlyDictionary<string, string?> commandLine, NumericsMode mode)
    {
        SettingSources own = new(Flags);
        own.Add(flag => "--" + flag.TrimStart('-'), commandLine);
        _ = own.Choice("diff_dtype", NumberFormats.ForDiffusion);
        DType? vae = NumberFormats.Parse(own.Choice("ae_dtype", NumberFormats.ForVae));
        return (mode == NumericsMode.Reference ? vae ?? DType.Float32 : DType.Float32, DType.Float32);
    }
}
