using System.Globalization;
using System.Text.Json.Nodes;
using Supir.Restoration.Captioning;
using Supir.Restoration.Options;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>The parameters of a job, for a page that lets people choose: ranges and steps are those of the reference's demos, where these have the parameter.</summary>
internal static class ParameterCatalogue
{
    private const string Picture = "Picture";
    private const string Text = "Text";
    private const string Captioner = "Captioner";
    private const string Sampling = "Sampling";
    private const string Guidance = "Guidance";
    private const string Colour = "Colour";
    private const string Machine = "Machine and numbers";

    /// <summary>Everything but the defaults, which are a model's.</summary>
    private static readonly ParameterInfo[] Templates =
    [
        Choice("SUPIR_sign", Picture, "Model variant", "Q restores strongly degraded pictures; F keeps more of lightly degraded ones.", ["Q", "F"]),
        Number("upscale", Picture, "Upscale", "How much larger the picture becomes.", 1, 8, 1),
        Integer("width", Picture, "Width", "Pixels of a row of the result, instead of a factor; alone it keeps the aspect.", 64, 8192, 1) with { Advanced = true },
        Integer("height", Picture, "Height", "Rows of the result, instead of a factor; alone it keeps the aspect.", 64, 8192, 1) with { Advanced = true },
        Number("max_megapixels", Picture, "Most megapixels", "The result is made smaller where it would have more million pixels.", 0.1, 64, 0.1) with { Advanced = true },
        Choice("bits", Picture, "Bits", "Bits a level of the PNG result; without a choice those of the picture.", ["8", "16"]) with { Advanced = true },
        Integer("min_size", Picture, "Least side while restoring", "The shorter side is enlarged to this many pixels while the picture is restored.", 64, 4096, 64) with { Advanced = true },
        Choice("sizing", Picture, "Way of sizing", "cli writes the size that was asked for; demo sizes as the original page does.", Enum.GetNames<Sizing>()) with { Advanced = true },
        Number("gamma", Picture, "Gamma", "Power of the picture's levels before it is restored: below 1 is brighter.", 0.1, 2, 0.1) with { Advanced = true },

        Prose("caption", Text, "Caption", "What the picture shows, in a sentence or two."),
        Prose("a_prompt", Text, "Added words", "Words added to the caption that describe a good photograph.") with { Advanced = true },
        Prose("n_prompt", Text, "Words to avoid", "What the picture is steered away from; counts where the text guidance is not 1.") with { Advanced = true },
        Switch("long_prompts", Text, "Long prompts", "Read prompts in pieces of 75 tokens, so that no word of a long caption is cut off.") with { Advanced = true },
        Template("tile_captions", Text, "Captions of the tiles", "A caption for each tile of a tiled model, row by row, instead of one for all.", "texts") with { Advanced = true },

        Prose("caption_question", Captioner, "Question", "What the captioner is asked about a picture.") with { Advanced = true },
        Number("caption_temperature", Captioner, "Temperature", "How freely the captioner chooses its words; 0 takes the likeliest.", 0, 1, 0.1) with { Advanced = true },
        Number("caption_top_p", Captioner, "Top p", "It chooses among the likeliest words that together have this probability.", 0.1, 1, 0.1) with { Advanced = true },

        Integer("edm_steps", Sampling, "Steps", "Sampling steps: more take longer and bring finer detail.", 1, 200, 1),
        Choice("sampler", Sampling, "Sampler", "How noise is taken away; the tiled ones work on overlapping tiles.", SamplerKindNames.Short) with { Advanced = true },
        Integer("tile_size", Sampling, "Tile size", "Side of a tile of a tiled sampler, in places of the latent of 8 pixels.", 16, 512, 8) with { Advanced = true },
        Integer("tile_stride", Sampling, "Tile stride", "From a tile to the next, in such places.", 8, 512, 8) with { Advanced = true },
        Integer("seed", Sampling, "Seed", "The same seed gives the same picture; -1 draws one.", -1, uint.MaxValue, 1),
        Integer("num_samples", Sampling, "Samples", "So many restorations of the picture, which differ in their noise.", 1, 4, 1),
        Number("s_churn", Sampling, "Churn", "Noise put back while sampling: more gives more texture.", 0, 40, 1) with { Advanced = true },
        Number("s_noise", Sampling, "Noise factor", "Factor on the noise that is put back.", 1, 1.1, 0.001) with { Advanced = true },
        Integer("tile_batch", Sampling, "Tiles at a time", "Tiles or samples that go through the networks together.", 1, 16, 1) with { Advanced = true },

        Number("s_cfg", Guidance, "Text guidance", "How strongly the text steers: higher adds detail, lower stays closer to the picture.", 1, 15, 0.1),
        Switch("linear_CFG", Guidance, "Text guidance follows the noise", "Start with the strength at most noise, and end with the one above.") with { Advanced = true },
        Number("spt_linear_CFG", Guidance, "Text guidance at most noise", "The strength that sampling starts with.", 1, 9, 0.5) with { Advanced = true },
        Number("s_stage1", Guidance, "Stage-1 guidance", "Pull towards the denoised input, an exponent: larger pulls less, -1 not at all.", -1, 6, 0.1) with { Advanced = true },
        Number("s_stage2", Guidance, "Stage-2 guidance", "How strongly the input's structure steers.", 0, 1, 0.05) with { Advanced = true },
        Switch("linear_s_stage2", Guidance, "Stage-2 guidance follows the noise", "Start with the strength at most noise, and end with the one above.") with { Advanced = true },
        Number("spt_linear_s_stage2", Guidance, "Stage-2 guidance at most noise", "The strength that sampling starts with.", 0, 1, 0.05) with { Advanced = true },

        Choice("color_fix_type", Colour, "Colour correction", "How colours are drawn back to those of the input.", ["None", "AdaIn", "Wavelet"]) with { Advanced = true },
        Choice("color_fix_reference", Colour, "Colours of", "What colours are drawn back to: the denoised picture of stage 1, or the input.", ["Stage1", "Input"]) with { Advanced = true },

        Switch("use_tile_vae", Machine, "Autoencoder in bands", "Less memory, the same result, more time.") with { Advanced = true },
        Integer("encoder_tile_size", Machine, "Band of the encoder", "Pixels of a side that a band of the encoder is worth.", 64, 4096, 64) with { Advanced = true },
        Integer("decoder_tile_size", Machine, "Band of the decoder", "Places of a side of the latent that a band of the decoder is worth.", 8, 512, 8) with { Advanced = true },
        Choice("mode", Machine, "Numbers", "precise, or reference: with the rounding and resizing of the Python program.", ["precise", "reference"]) with { Advanced = true },
        Choice("rng", Machine, "Random numbers", "Whose random numbers of torch to follow.", ["Cpu", "Cuda"]) with { Advanced = true },
        Choice("ae_dtype", Machine, "Format of the autoencoder", "Its number format; a CPU computes in fp32.", ["fp32", "bf16"]) with { Advanced = true },
        Choice("diff_dtype", Machine, "Format of the diffusion", "Its number format; a CPU computes in fp32.", ["fp32", "fp16", "bf16", "fp8"]) with { Advanced = true },
    ];

    /// <summary>The names of all parameters that a restoration depends on.</summary>
    public static IEnumerable<string> Names => Templates.Where(parameter => !IsOfCaptioner(parameter)).Select(parameter => parameter.Name);

    /// <summary>A parameter, case not minded; <c>null</c> if there is none of that name.</summary>
    public static ParameterInfo? Find(string name) => Array.Find(Templates, parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the captioner is told a parameter, rather than the restoration.</summary>
    public static bool IsOfCaptioner(ParameterInfo parameter) => parameter.Group == Captioner;

    /// <summary>A value as JSON of the parameter's type.</summary>
    public static JsonNode? Typed(string name, string text) => Find(name)?.Type switch
    {
        "number" => double.Parse(text, CultureInfo.InvariantCulture),
        "integer" => long.Parse(text, CultureInfo.InvariantCulture),
        "boolean" => bool.Parse(text),
        _ => text,
    };

    /// <summary>All parameters with the defaults of a model.</summary>
    /// <param name="defaults">What <see cref="SettingValues.Of"/> makes of a job without parameters.</param>
    /// <param name="captioner">What the captioner is asked by default; <c>null</c> where there is none that looks at pictures.</param>
    public static IReadOnlyList<ParameterInfo> WithDefaults(JsonObject defaults, CaptionOptions? captioner) =>
    [
        .. Templates.Where(parameter => captioner is not null || !IsOfCaptioner(parameter))
            .Select(parameter => parameter with { Default = CaptionerDefault(parameter.Name, captioner) ?? defaults[parameter.Name]?.DeepClone() }),
    ];

    private static JsonNode? CaptionerDefault(string name, CaptionOptions? captioner) => name switch
    {
        "caption_question" => captioner?.Question,
        "caption_temperature" => captioner?.Temperature,
        "caption_top_p" => captioner?.TopP,
        _ => null,
    };

    private static ParameterInfo Number(string name, string group, string label, string meaning, double min, double max, double step) =>
        Template(name, group, label, meaning, "number") with { Min = min, Max = max, Step = step };

    private static ParameterInfo Integer(string name, string group, string label, string meaning, double min, double max, double step) =>
        Template(name, group, label, meaning, "integer") with { Min = min, Max = max, Step = step };

    private static ParameterInfo Choice(string name, string group, string label, string meaning, IReadOnlyList<string> choices) =>
        Template(name, group, label, meaning, "choice") with { Choices = choices };

    private static ParameterInfo Prose(string name, string group, string label, string meaning) => Template(name, group, label, meaning, "text");

    private static ParameterInfo Switch(string name, string group, string label, string meaning) => Template(name, group, label, meaning, "boolean");

    private static ParameterInfo Template(string name, string group, string label, string meaning, string type) => new()
    {
        Name = name,
        Group = group,
        Label = label,
        Meaning = meaning,
        Type = type,
        Default = null,
        Min = null,
        Max = null,
        Step = null,
        Choices = null,
        Advanced = false,
    };
}
