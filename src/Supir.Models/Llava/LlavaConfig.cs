using System.Text.Json;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Models.Llava;

/// <summary>What the weights of a LLaVA do not say by their shapes.</summary>
public sealed record LlavaConfig
{
    /// <summary>Width of an attention head in CLIP's ViT-L/14.</summary>
    private const int VisionHeadChannels = 64;

    /// <summary>Width of an attention head in LLaMA.</summary>
    private const int LanguageHeadChannels = 128;

    private const string FileName = "config.json";

    /// <summary>Heads of the vision tower; <c>null</c> for one each 64 channels, as ViT-L/14 has.</summary>
    public int? VisionHeads { get; init; }

    /// <summary>Heads of the language model; <c>null</c> for one each 128 channels, as LLaMA has.</summary>
    public int? LanguageHeads { get; init; }

    /// <summary>What is added to the mean square in the language model's norms; LLaMA 2's 1e-5, on which LLaVA-1.5 is built.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>θ of the rotary embedding.</summary>
    public float RopeTheta { get; init; } = 10000f;

    /// <summary>In how many bits the language model's large matrices are kept; see <see cref="PrecisionOf"/>.</summary>
    public WeightPrecision Precision { get; init; } = WeightPrecision.AsStored;

    /// <summary>In which format keys and values of the tokens so far are kept.</summary>
    public DType CacheType { get; init; } = DType.Float16;

    /// <summary>Reads what a folder's config.json says; the defaults count where there is none.</summary>
    /// <exception cref="CheckpointException">It is there but cannot be read, or is of a model of another kind.</exception>
    public static LlavaConfig Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new LlavaConfig();
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(path, document.RootElement);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Heads of a vision tower of a width.</summary>
    public int VisionHeadsOf(int channels) => VisionHeads ?? Math.Max(1, channels / VisionHeadChannels);

    /// <summary>Heads of a language model of a width.</summary>
    public int LanguageHeadsOf(int channels) => LanguageHeads ?? Math.Max(1, channels / LanguageHeadChannels);

    /// <summary>In how many bits matrices are kept: in those of the file where it has them in 8 or 4 already, whatever is asked.</summary>
    internal WeightPrecision PrecisionOf(IReadOnlyList<Weight> stacked) =>
        stacked.Any(weight => weight.Type == DType.Int4) ? WeightPrecision.FourBit
        : stacked.All(weight => weight.Type == DType.Int8) ? WeightPrecision.EightBit
        : Precision;

    private static LlavaConfig Read(string path, JsonElement root)
    {
        LlavaConfig config = new();

        // In Hugging Face's files each part has a section; in the original's the language model's numbers stand at the top.
        JsonElement language = root.TryGetProperty("text_config", out JsonElement text) ? text : root;
        int? heads = Number(language, "num_attention_heads") is double languageHeads ? (int)languageHeads : null;
        if (Number(language, "num_key_value_heads") is double shared && heads is not null && shared != heads)
        {
            throw new CheckpointException($"{path}: the language model shares keys between heads, which no LLaVA-1.5 does; only LLaVA-1.5 can be read.");
        }

        return config with
        {
            LanguageHeads = heads,
            VisionHeads = root.TryGetProperty("vision_config", out JsonElement vision) && Number(vision, "num_attention_heads") is double visionHeads ? (int)visionHeads : null,
            NormEpsilon = (float?)Number(language, "rms_norm_eps") ?? config.NormEpsilon,
            RopeTheta = (float?)Number(language, "rope_theta") ?? config.RopeTheta,
        };
    }

    private static double? Number(JsonElement section, string name) =>
        section.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
