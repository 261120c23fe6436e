namespace Supir.Cli.CommandLine;

/// <summary>The flags about captions, which <c>supir restore</c> and <c>supir caption</c> share.</summary>
internal static class CaptionFlags
{
    /// <summary>Their heading.</summary>
    public const string Group = "Captions";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new(Group, "--llava", "FOLDER", "Describe pictures with the LLaVA-1.5 whose weights lie there [LLAVA_MODEL_PATH, if set]", IsSetting: false),
        new(Group, "--no_llava", null, "Do not, although LLAVA_MODEL_PATH is set", IsSetting: false),
        new(Group, "--load_8bit_llava", null, "Keep LLaVA's weights in 8 bits instead of 4, unless they were converted to either", IsSetting: false),
        new(Group, "--llava_clip", "FOLDER", "CLIP ViT-L/14-336, where it is not in LLaVA's folder [LLAVA_CLIP_PATH, if set]", IsSetting: false),
        new(Group, "--llava_device", "DEVICE", "Where LLaVA runs: cpu, cuda or cuda:N [a GPU that is free beside the restoration, else the same]", IsSetting: false),
        new(Group, "--captioner", "WHO", "Another captioner: a server's address (OpenAI's protocol; key in SUPIR_CAPTIONER_KEY), sidecar, or none", IsSetting: false),
        new(Group, "--captioner_model", "NAME", "The model to ask of that server", IsSetting: false),
        new(Group, "--captioner_timeout", "S", "Seconds that an answer may take [300]", IsSetting: false),
        new(Group, "--caption_question", "TEXT", "What captioners are asked [Describe this image and its style in a very detailed manner.]", IsSetting: false),
        new(Group, "--caption_temperature", "X", "How freely words are chosen; 0 takes the likeliest [0.2]", IsSetting: false),
        new(Group, "--caption_top_p", "X", "Choose among the likeliest words that together have this probability [0.7]", IsSetting: false),
        new(Group, "--caption_tokens", "N", "Longest answer, in tokens [512]", IsSetting: false),
        new(Group, "--caption_seed", "N", "The same seed gives the same words [1234]", IsSetting: false),
        new(Group, "--caption_pad", null, "Show LLaVA the whole picture instead of the middle square, as the original does [false]", IsSetting: false),
    ];
}
