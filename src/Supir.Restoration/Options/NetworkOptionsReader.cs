using Supir.Models.UNet;
using Supir.Models.Vae;

namespace Supir.Restoration.Options;

/// <summary>Reads the sizes of the networks.</summary>
internal static class NetworkOptionsReader
{
    /// <summary>Beyond any network there is; keeps products of sizes far from overflow.</summary>
    private const int LargestWidth = 65536;

    private const int LargestDepth = 64;

    /// <summary>The groups of every GroupNorm of these networks, so every width is a multiple (sgm, <c>normalization</c>).</summary>
    private const int NormalizationGroups = 32;

    /// <summary>Reads <c>control_stage_config</c>.</summary>
    public static UNetConfig ReadControl(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("SUPIR.modules.SUPIR_v0.GLVControl");
        parameters.AcceptOneOf("input_upscale", "1");
        return ReadUNetSizes(parameters);
    }

    /// <summary>Reads <c>network_config</c>.</summary>
    public static UNetConfig ReadUNet(OptionsSection section)
    {
        (_, OptionsSection parameters) = section.Target("SUPIR.modules.SUPIR_v0.LightGLVUNet");
        parameters.RequireOneOf("mode", "XL-base");
        parameters.RequireOneOf("project_type", "ZeroSFT");
        int scale = parameters.OptionalInteger("project_channel_scale", 1, LargestDepth) ?? 1;
        return ReadUNetSizes(parameters) with { ProjectChannelScale = scale };
    }

    /// <summary>Reads <c>first_stage_config</c>.</summary>
    public static VaeConfig ReadVae(OptionsSection section, double scaleFactor)
    {
        (_, OptionsSection parameters) = section.Target("sgm.models.autoencoder.AutoencoderKLInferenceWrapper");
        OptionsSection sizes = parameters.Section("ddconfig");
        int latentChannels = sizes.Integer("z_channels", 1, LargestWidth);
        VaeConfig config = new()
        {
            Channels = sizes.Integer("ch", 1, LargestWidth),
            ChannelMultipliers = sizes.Integers("ch_mult", 1, LargestDepth),
            ResidualBlocks = sizes.Integer("num_res_blocks", 1, LargestDepth),
            LatentChannels = latentChannels,
            EmbedChannels = parameters.Integer("embed_dim", 1, LargestWidth),
            InChannels = sizes.Integer("in_channels", 3, 3),
            OutChannels = sizes.Integer("out_ch", 3, 3),
            ScaleFactor = scaleFactor,
        };

        RequireGroups(sizes, "ch", config.Channels);
        if (config.ChannelMultipliers.Count is < 1 or > 6)
        {
            throw sizes.Fault("ch_mult", "from 1 to 6 levels were expected.");
        }

        sizes.RequireOneOf("double_z", "true");
        sizes.AcceptOneOf("attn_type", "vanilla", "vanilla-xformers");
        if (sizes.Integers("attn_resolutions", 0, LargestWidth).Count > 0)
        {
            throw sizes.Fault("attn_resolutions", "must be [ ]: only the middle of the autoencoder has attention here.");
        }

        sizes.Ignore("resolution", "dropout");
        sizes.RequireAllRead();
        if (parameters.OptionalText("ckpt_path") is string path)
        {
            throw parameters.Fault("ckpt_path", $"must be ~ but is '{path}': the autoencoder's weights are those in SDXL_CKPT.");
        }

        parameters.OptionalSection("lossconfig")?.Target("torch.nn.Identity");
        parameters.Ignore("monitor");
        parameters.RequireAllRead();
        return config;
    }

    private static UNetConfig ReadUNetSizes(OptionsSection parameters)
    {
        UNetConfig config = new()
        {
            InChannels = parameters.Integer("in_channels", 1, LargestWidth),
            OutChannels = parameters.Integer("out_channels", 1, LargestWidth),
            ModelChannels = parameters.Integer("model_channels", 1, LargestWidth),
            ChannelMultipliers = parameters.Integers("channel_mult", 1, LargestDepth),
            ResidualBlocks = parameters.Integer("num_res_blocks", 1, LargestDepth),
            AttentionResolutions = parameters.Integers("attention_resolutions", 1, LargestWidth),
            TransformerDepths = parameters.Integers("transformer_depth", 0, LargestDepth),
            ContextChannels = parameters.Integer("context_dim", 1, LargestWidth),
            VectorChannels = parameters.Integer("adm_in_channels", 1, LargestWidth),
            HeadChannels = parameters.Integer("num_head_channels", 1, LargestWidth),
        };

        RequireXlBaseShape(parameters, config);
        parameters.RequireOneOf("num_classes", "sequential");
        parameters.RequireOneOf("use_spatial_transformer", "true");
        parameters.RequireOneOf("use_linear_in_transformer", "true");
        parameters.Ignore("use_checkpoint", "spatial_transformer_attn_type", "legacy", "dropout");
        parameters.RequireAllRead();
        return config;
    }

    /// <summary>The connectors of mode XL-base are laid out for three levels, 1 : 2 : 4, of two residual blocks (LightGLVUNet).</summary>
    private static void RequireXlBaseShape(OptionsSection parameters, UNetConfig config)
    {
        if (!config.ChannelMultipliers.SequenceEqual([1, 2, 4]))
        {
            string levels = string.Join(", ", config.ChannelMultipliers);
            throw parameters.Fault("channel_mult", $"must be [1, 2, 4], the levels of mode XL-base, but is [{levels}].");
        }

        if (config.ResidualBlocks != 2)
        {
            throw parameters.Fault("num_res_blocks", $"must be 2, as in mode XL-base, but is {config.ResidualBlocks}.");
        }

        if (config.TransformerDepths.Count != config.ChannelMultipliers.Count)
        {
            throw parameters.Fault(
                "transformer_depth", $"needs one entry a level, {config.ChannelMultipliers.Count}, but has {config.TransformerDepths.Count}.");
        }

        RequireGroups(parameters, "model_channels", config.ModelChannels);
        for (int level = 0; level < config.ChannelMultipliers.Count; level++)
        {
            int width = config.ModelChannels * config.ChannelMultipliers[level];
            if (config.TransformerDepthAt(level) > 0 && width % config.HeadChannels != 0)
            {
                throw parameters.Fault("num_head_channels", $"{config.HeadChannels} does not divide level {level}'s {width} channels into heads.");
            }
        }
    }

    private static void RequireGroups(OptionsSection parameters, string key, int width)
    {
        if (width % NormalizationGroups != 0)
        {
            throw parameters.Fault(key, $"must be a multiple of {NormalizationGroups} (the groups of the normalisations) but is {width}.");
        }
    }
}
