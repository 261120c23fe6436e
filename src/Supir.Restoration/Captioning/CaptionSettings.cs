using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Restoration.Captioning;

/// <summary>Makes a choice of captioner from flags, as a command line or a service is given them.</summary>
public static class CaptionSettings
{
    private const string NoCaptioner = "none";
    private const string Sidecar = "sidecar";
    private const string Llava = "llava";
    private const int MostTokens = 4096;

    /// <summary>The flags: no_llava and load_8bit_llava are the reference's, whose settings of its page became the caption_ ones.</summary>
    public static IReadOnlyList<string> Flags { get; } =
    [
        "llava", "no_llava", "load_8bit_llava", "llava_clip", "llava_device", "captioner", "captioner_model", "captioner_timeout",
        "caption_question", "caption_temperature", "caption_top_p", "caption_tokens", "caption_seed", "caption_pad", "caption_tiles",
    ];

    /// <summary>Settles the choice.</summary>
    /// <remarks>A captioner that is named counts; else LLaVA, if its weights are named by the flag, by the options or by LLAVA_MODEL_PATH and
    /// nobody said no_llava; else there is none.</remarks>
    /// <param name="values">Flag → text, with or without leading dashes; <c>null</c> for a flag that was not given.</param>
    /// <param name="memoryLimit">The most memory that LLaVA may take, bytes; <c>null</c> for what the machine has.</param>
    /// <param name="llavaPath">LLaVA's weights as the model's options name them, if they do.</param>
    /// <param name="clipPath">The same for its vision tower, where that is apart.</param>
    /// <exception cref="OptionException">A value outside its range, or flags that exclude each other.</exception>
    public static CaptionerChoice Resolve(IReadOnlyDictionary<string, string?> values, long? memoryLimit = null, string? llavaPath = null, string? clipPath = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        SettingSources given = new(Flags);
        given.Add(flag => "--" + flag.TrimStart('-'), values);
        CaptionerChoice choice = new()
        {
            Options = OptionsOf(given, new CaptionOptions()),
            IsPerTile = given.Switch("caption_tiles") ?? false,
            Device = given.Text("llava_device"),
        };
        LlavaOptions? llava = LlavaOf(given, memoryLimit, llavaPath, clipPath);
        double? timeout = given.Number("captioner_timeout", 1, 86_400);
        string? model = given.Text("captioner_model");
        return (given.Text("captioner"), llava) switch
        {
            (null, _) when model is not null || timeout is not null =>
                throw new OptionException("--captioner_model and --captioner_timeout go with --captioner ADDRESS, which is missing."),
            (null, null) => choice,
            (null, _) => choice with { Llava = llava },
            (NoCaptioner, _) => choice,
            (Sidecar, _) => choice with { IsSidecar = true },
            (Llava, null) => throw new OptionException($"--captioner llava: name the folder of its weights with --llava, or in {LlavaOptions.PathVariable}."),
            (Llava, _) => choice with { Llava = llava },
            (string address, _) when given.Text("llava") is null =>
                choice with { Endpoint = ChatEndpoint.Parse(address, model) with { Timeout = TimeSpan.FromSeconds(timeout ?? ChatEndpoint.DefaultTimeout.TotalSeconds) } },
            _ => throw new OptionException("--captioner and --llava name two captioners; leave one out."),
        };
    }

    /// <summary>What a captioner is asked by one request of a service.</summary>
    /// <param name="values">Flag → text, of the caption_ flags; <c>null</c> for a flag that was not given.</param>
    /// <param name="defaults">What counts where a flag was not given.</param>
    /// <exception cref="OptionException">A value outside its range.</exception>
    public static CaptionOptions Asked(IReadOnlyDictionary<string, string?> values, CaptionOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(defaults);
        SettingSources given = new(Flags);
        given.Add(flag => flag, values);
        return OptionsOf(given, defaults);
    }

    private static CaptionOptions OptionsOf(SettingSources given, CaptionOptions defaults) => new()
    {
        Question = given.Text("caption_question") is { } question && !string.IsNullOrWhiteSpace(question) ? question : defaults.Question,
        Temperature = given.Number("caption_temperature", 0, 2) ?? defaults.Temperature,
        TopP = given.Number("caption_top_p", 0.01, 1) ?? defaults.TopP,
        MaxTokens = (int)(given.Integer("caption_tokens", 1, MostTokens) ?? defaults.MaxTokens),
        Seed = (int)(given.Integer("caption_seed", 0, int.MaxValue) ?? defaults.Seed),
        Pads = given.Switch("caption_pad") ?? defaults.Pads,
    };

    private static LlavaOptions? LlavaOf(SettingSources given, long? memoryLimit, string? llavaPath, string? clipPath)
    {
        string? named = given.Text("llava");
        bool isOff = given.Switch("no_llava") ?? false;
        if (isOff && named is not null)
        {
            throw new OptionException("--llava and --no_llava exclude each other; leave one out.");
        }

        string? path = named ?? llavaPath ?? Environment.GetEnvironmentVariable(LlavaOptions.PathVariable);
        if (isOff || string.IsNullOrEmpty(path))
        {
            return null;
        }

        LlavaOptions options = new(path)
        {
            Precision = given.Switch("load_8bit_llava") ?? false ? WeightPrecision.EightBit : WeightPrecision.FourBit,
            MemoryLimit = memoryLimit,
        };
        return (given.Text("llava_clip") ?? clipPath) is string clip ? options with { ClipPath = clip } : options;
    }
}
