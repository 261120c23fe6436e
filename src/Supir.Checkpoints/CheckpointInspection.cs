using Supir.Checkpoints.Adapters;
using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>What a source holds of one number format.</summary>
/// <param name="Type">The format.</param>
/// <param name="TensorCount">How many weights have it.</param>
/// <param name="ParameterCount">How many elements they have together.</param>
/// <param name="ByteCount">Bytes of these elements.</param>
public sealed record TypeShare(DType Type, int TensorCount, long ParameterCount, long ByteCount);

/// <summary>What a checkpoint is, how large it is, and what a restoration would still need. Nothing but names and shapes is looked at.</summary>
public sealed class CheckpointInspection
{
    /// <summary>Base channels of SDXL's UNet and of the control network that copies it.</summary>
    private const long SdxlBaseChannels = 320;

    /// <summary>Channels of SDXL's latents; a UNet for inpainting takes more.</summary>
    private const long SdxlLatentChannels = 4;

    /// <summary>Length of SDXL base's vector condition; SDXL's refiner has 2,560.</summary>
    private const long SdxlVectorChannels = 2816;

    /// <summary>Base channels of the embedded checkpoint's networks.</summary>
    private const long MiniBaseChannels = 32;

    /// <summary>A weight that a text encoder on its own has, in Hugging Face's naming.</summary>
    private const string HuggingFaceTextName = "text_model.embeddings.token_embedding.weight";

    /// <summary>A weight that a text encoder on its own has, in OpenCLIP's naming.</summary>
    private const string OpenClipTextName = "token_embedding.weight";

    private CheckpointInspection(IWeightSource source)
    {
        Dictionary<string, WeightInfo> weights = [];
        foreach (WeightInfo info in source.Tensors.Values)
        {
            if (CheckpointNames.Normalise(info.Name) is string name)
            {
                weights[name] = info;
            }
        }

        ByType = [.. source.Tensors.Values.GroupBy(info => info.Type).OrderBy(group => group.Key).Select(group =>
            new TypeShare(group.Key, group.Count(), group.Sum(info => info.ElementCount), group.Sum(info => info.ByteCount)))];
        Present = [.. Enum.GetValues<CheckpointPart>().Where(part => weights.Keys.Any(name => Belongs(name, part)))];
        Missing = [.. Enum.GetValues<CheckpointPart>().Except(Present)];
        LoraTitle = LoraTitleOf(source);
        Llava = LlavaInspection.Of(source);
        Kind = LoraTitle is not null ? CheckpointKind.Lora : Llava is not null ? CheckpointKind.Llava : KindOf(weights);
        PresentNames = Llava?.Present ?? [.. Present.Select(part => part.Description)];
        MissingNames = Llava?.Missing ?? [.. Missing.Select(part => part.Description)];
        TextEncoderTitle = weights.ContainsKey(HuggingFaceTextName) ? "a CLIP text encoder in Hugging Face's naming"
            : weights.ContainsKey(OpenClipTextName) ? "an OpenCLIP text encoder" : "a text encoder";
        FormatName = source.FormatName;
        SkippedCount = source.Skipped.Count;
    }

    /// <summary>Which model it is.</summary>
    public CheckpointKind Kind { get; }

    /// <summary>The model in words.</summary>
    public string Title => Kind switch
    {
        CheckpointKind.SdxlBase => "SDXL base",
        CheckpointKind.Supir => "SUPIR, for use over SDXL base",
        CheckpointKind.SdxlWithSupir => "SDXL base with SUPIR",
        CheckpointKind.SupirMini => "SUPIR at the embedded checkpoint's small size",
        CheckpointKind.SupirMiniAdditions => "SUPIR at the embedded checkpoint's small size, for use over a base of it",
        CheckpointKind.Llava => Llava!.Title,
        CheckpointKind.Vae => "an autoencoder (VAE)",
        CheckpointKind.TextEncoder => TextEncoderTitle,
        CheckpointKind.Lora => LoraTitle!,
        _ => "no model that this program knows",
    };

    /// <summary>The format of the file in words, such as <c>safetensors</c>; empty where there is no file, or several.</summary>
    public string FormatName { get; }

    /// <summary>In what format of few bits the weights are held that are not in half or single precision, in words; <c>null</c> where all are.</summary>
    public string? Quantisation
    {
        get
        {
            string[] formats = [.. ByType.Where(share => share.Type is DType.Int8 or DType.Float8E4M3 or DType.Int4).Select(share =>
                $"{share.TensorCount} of {TensorCount} weights {WordsFor(share.Type)}")];
            return formats.Length == 0 ? null : string.Join(", ", formats);
        }
    }

    /// <summary>The networks of which it holds weights.</summary>
    public IReadOnlyList<CheckpointPart> Present { get; }

    /// <summary>The networks that a restoration needs and that it lacks.</summary>
    public IReadOnlyList<CheckpointPart> Missing { get; }

    /// <summary>The networks of which it holds weights, in words; of LLaVA its parts.</summary>
    public IReadOnlyList<string> PresentNames { get; }

    /// <summary>Those that are lacking, in words.</summary>
    public IReadOnlyList<string> MissingNames { get; }

    /// <summary>What it holds of each number format.</summary>
    public IReadOnlyList<TypeShare> ByType { get; }

    /// <summary>How many weights it holds.</summary>
    public int TensorCount => ByType.Sum(share => share.TensorCount);

    /// <summary>How many elements they have together.</summary>
    public long ParameterCount => ByType.Sum(share => share.ParameterCount);

    /// <summary>Bytes of these elements; the scales of Int8 and Int4 weights are not counted.</summary>
    public long ByteCount => ByType.Sum(share => share.ByteCount);

    /// <summary>How many tensors it holds that are no weights.</summary>
    public int SkippedCount { get; }

    private string? LoraTitle { get; }

    private LlavaInspection? Llava { get; }

    private string TextEncoderTitle { get; }

    /// <summary>Looks at a source, whose names may be full or shortened.</summary>
    public static CheckpointInspection Of(IWeightSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new CheckpointInspection(source);
    }

    private static string WordsFor(DType type) => type switch
    {
        DType.Int8 => "in int8 with a scale per output channel",
        DType.Int4 => "in int4 with a scale for each 64 inputs",
        _ => "in fp8 (e4m3)",
    };

    private static bool Belongs(string name, CheckpointPart part) =>
        WeightReader.IsUnder(name, part.Prefix) &&
        (part != CheckpointPart.UNet || !WeightReader.IsUnder(name, CheckpointPart.Connectors.Prefix));

    private CheckpointKind KindOf(Dictionary<string, WeightInfo> weights)
    {
        bool unet = Present.Contains(CheckpointPart.UNet);
        bool supir = Present.Contains(CheckpointPart.Control) && Present.Contains(CheckpointPart.Connectors);
        bool anyOfSupir = Present.Contains(CheckpointPart.Control) || Present.Contains(CheckpointPart.Connectors);
        bool vae = Present.Contains(CheckpointPart.VaeEncoder) || Present.Contains(CheckpointPart.VaeDecoder);
        bool text = Present.Contains(CheckpointPart.FirstTextEncoder) || Present.Contains(CheckpointPart.SecondTextEncoder)
            || weights.ContainsKey(HuggingFaceTextName) || weights.ContainsKey(OpenClipTextName);

        return (unet, supir) switch
        {
            (true, true) when IsSdxlSized(weights, CheckpointPart.UNet) && IsSdxlSized(weights, CheckpointPart.Control) => CheckpointKind.SdxlWithSupir,
            (true, true) when IsMiniSized(weights, CheckpointPart.UNet) && IsMiniSized(weights, CheckpointPart.Control) => CheckpointKind.SupirMini,
            (false, true) when IsSdxlSized(weights, CheckpointPart.Control) => CheckpointKind.Supir,
            (false, true) when IsMiniSized(weights, CheckpointPart.Control) => CheckpointKind.SupirMiniAdditions,
            (true, false) when !anyOfSupir && IsSdxlSized(weights, CheckpointPart.UNet) => CheckpointKind.SdxlBase,
            (false, false) when !anyOfSupir && vae && !text => CheckpointKind.Vae,
            (false, false) when !anyOfSupir && text && !vae => CheckpointKind.TextEncoder,
            _ => CheckpointKind.Unknown,
        };
    }

    /// <summary>A LoRA in words, or <c>null</c> where the source is none.</summary>
    private static string? LoraTitleOf(IWeightSource source)
    {
        long[] ranks = [.. source.Tensors.Values
            .Where(info => info.Lengths.Count >= 2 && LoraModule.TryParse(info.Name, out _, out LoraRole role) && role == LoraRole.Down)
            .Select(info => info.Lengths[0]).Distinct().Order()];
        if (ranks.Length == 0)
        {
            return null;
        }

        string naming = source.Tensors.Keys.Any(name => name.StartsWith("lora_", StringComparison.Ordinal)) ? "kohya's" : "diffusers'";
        return $"a LoRA in {naming} naming, of rank {(ranks.Length == 1 ? $"{ranks[0]}" : $"{ranks[0]} to {ranks[^1]}")}";
    }

    private static bool IsSdxlSized(Dictionary<string, WeightInfo> weights, CheckpointPart part) =>
        LengthOf(weights, $"{part.Prefix}.input_blocks.0.0.weight", axis: 0) == SdxlBaseChannels &&
        LengthOf(weights, $"{part.Prefix}.input_blocks.0.0.weight", axis: 1) == SdxlLatentChannels &&
        LengthOf(weights, $"{part.Prefix}.label_emb.0.0.weight", axis: 1) == SdxlVectorChannels;

    private static bool IsMiniSized(Dictionary<string, WeightInfo> weights, CheckpointPart part) =>
        LengthOf(weights, $"{part.Prefix}.input_blocks.0.0.weight", axis: 0) == MiniBaseChannels;

    private static long? LengthOf(Dictionary<string, WeightInfo> weights, string name, int axis) =>
        weights.TryGetValue(name, out WeightInfo? info) && axis < info.Lengths.Count ? info.Lengths[axis] : null;
}
