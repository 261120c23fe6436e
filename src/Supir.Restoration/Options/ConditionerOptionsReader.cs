namespace Supir.Restoration.Options;

/// <summary>Reads <c>conditioner_config</c>: two text towers, then the embedded sizes.</summary>
internal static class ConditionerOptionsReader
{
    private const string Clip = "sgm.modules.encoders.modules.FrozenCLIPEmbedder";
    private const string OpenClip = "sgm.modules.encoders.modules.FrozenOpenCLIPEmbedder2";
    private const string Sizes = "sgm.modules.encoders.modules.ConcatTimestepEmbedderND";
    private const int TextTowers = 2;
    private const int LargestLayer = 256;
    private const int LargestWidth = 65536;

    /// <summary>Reads the towers.</summary>
    public static IReadOnlyList<TextEncoderOptions> ReadTextEncoders(OptionsSection section)
    {
        IReadOnlyList<OptionsSection> embedders = Embedders(section);
        return [ReadClip(embedders[0]), ReadOpenClip(embedders[1])];
    }

    /// <summary>Reads what follows them.</summary>
    public static IReadOnlyList<SizeEmbedderOptions> ReadSizeEmbedders(OptionsSection section)
    {
        List<SizeEmbedderOptions> sizes = [];
        foreach (OptionsSection embedder in Embedders(section).Skip(TextTowers))
        {
            SizeEmbedderOptions size = ReadSizeEmbedder(embedder);
            if (sizes.Any(earlier => earlier.Condition == size.Condition))
            {
                throw embedder.Fault("input_key", "stands there twice.");
            }

            sizes.Add(size);
        }

        return sizes;
    }

    private static IReadOnlyList<OptionsSection> Embedders(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("sgm.modules.GeneralConditionerWithControl");
        IReadOnlyList<OptionsSection> embedders = parameters.Sections("emb_models");
        parameters.RequireAllRead();
        return embedders.Count >= TextTowers
            ? embedders
            : throw parameters.Fault("emb_models", $"at least two were expected, the text towers {Clip} and {OpenClip}; there are {embedders.Count}.");
    }

    private static TextEncoderOptions ReadClip(OptionsSection embedder)
    {
        OptionsSection parameters = ReadEmbedder(embedder, Clip, "txt");
        parameters.RequireOneOf("layer", "hidden");
        int layer = parameters.Integer("layer_idx", 0, LargestLayer);
        parameters.AcceptOneOf("max_length", "77");
        parameters.AcceptOneOf("always_return_pooled", "false");
        parameters.Ignore("version", "device", "freeze");
        parameters.RequireAllRead();
        return new TextEncoderOptions(TextEncoderKind.Clip, layer);
    }

    private static TextEncoderOptions ReadOpenClip(OptionsSection embedder)
    {
        OptionsSection parameters = ReadEmbedder(embedder, OpenClip, "txt");
        parameters.RequireOneOf("layer", "penultimate");
        parameters.RequireOneOf("always_return_pooled", "true");
        parameters.RequireOneOf("legacy", "false");
        parameters.AcceptOneOf("max_length", "77");
        parameters.Ignore("arch", "version", "device", "freeze");
        parameters.RequireAllRead();
        return new TextEncoderOptions(TextEncoderKind.OpenClip, null);
    }

    private static SizeEmbedderOptions ReadSizeEmbedder(OptionsSection embedder)
    {
        OptionsSection parameters = ReadEmbedder(embedder, Sizes, "original_size_as_tuple", "crop_coords_top_left", "target_size_as_tuple");
        int channels = parameters.Integer("outdim", 2, LargestWidth);
        if (channels % 2 != 0)
        {
            throw parameters.Fault("outdim", $"must be even (sines and cosines) but is {channels}.");
        }

        parameters.RequireAllRead();
        SizeCondition condition = embedder.OptionalText("input_key") switch
        {
            "original_size_as_tuple" => SizeCondition.OriginalSize,
            "crop_coords_top_left" => SizeCondition.CropCorner,
            _ => SizeCondition.TargetSize,
        };
        return new SizeEmbedderOptions(condition, channels);
    }

    private static OptionsSection ReadEmbedder(OptionsSection embedder, string target, params ReadOnlySpan<string> inputs)
    {
        (_, OptionsSection parameters) = embedder.Target(target);
        embedder.RequireOneOf("input_key", inputs);
        embedder.Ignore("is_trainable", "ucg_rate", "legacy_ucg_value");
        embedder.RequireAllRead();
        return parameters;
    }
}
