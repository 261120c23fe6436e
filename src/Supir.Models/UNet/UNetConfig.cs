namespace Supir.Models.UNet;

/// <summary>The sizes of a latent-diffusion UNet; of its trimmed copy, the control network, too.</summary>
/// <remarks>Source: <c>UNetModel.__init__</c> in sgm/modules/diffusionmodules/openaimodel.py and <c>LightGLVUNet</c>,
/// <c>GLVControl</c> in SUPIR/modules/SUPIR_v0.py (SUPIR @ bda91af); the YAML spellings stand beside the names.</remarks>
public sealed record UNetConfig
{
    /// <summary>Channels of the latent that goes in (<c>in_channels</c>).</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the prediction that comes out (<c>out_channels</c>).</summary>
    public required int OutChannels { get; init; }

    /// <summary>Channels of the first level (<c>model_channels</c>).</summary>
    public required int ModelChannels { get; init; }

    /// <summary>Channels of each level as multiples of <see cref="ModelChannels"/> (<c>channel_mult</c>); one entry a level.</summary>
    public required IReadOnlyList<int> ChannelMultipliers { get; init; }

    /// <summary>Residual blocks in a level of the encoder; the decoder has one more (<c>num_res_blocks</c>).</summary>
    public required int ResidualBlocks { get; init; }

    /// <summary>The factors of downsampling at which there are transformers (<c>attention_resolutions</c>).</summary>
    public required IReadOnlyList<int> AttentionResolutions { get; init; }

    /// <summary>Transformer blocks of a spatial transformer, one entry a level (<c>transformer_depth</c>);
    /// an entry counts only where <see cref="AttentionResolutions"/> names the level's factor.</summary>
    public required IReadOnlyList<int> TransformerDepths { get; init; }

    /// <summary>Width of a token of the text that cross-attention reads (<c>context_dim</c>).</summary>
    public required int ContextChannels { get; init; }

    /// <summary>Width of the vector that is embedded beside the timestep (<c>adm_in_channels</c>).</summary>
    public required int VectorChannels { get; init; }

    /// <summary>Channels of one attention head (<c>num_head_channels</c>).</summary>
    public required int HeadChannels { get; init; }

    /// <summary>Width of the connectors' hidden features, relative to half of what they concatenate (<c>project_channel_scale</c>).</summary>
    public int ProjectChannelScale { get; init; } = 1;

    /// <summary>The sizes of SDXL's UNet with SUPIR's connectors.</summary>
    public static UNetConfig SdxlBase { get; } = new()
    {
        InChannels = 4,
        OutChannels = 4,
        ModelChannels = 320,
        ChannelMultipliers = [1, 2, 4],
        ResidualBlocks = 2,
        AttentionResolutions = [4, 2],
        TransformerDepths = [1, 2, 10],
        ContextChannels = 2048,
        VectorChannels = 2816,
        HeadChannels = 64,
        ProjectChannelScale = 2,
    };

    /// <summary>Width of the timestep embedding: four times the model's channels.</summary>
    public int TimeEmbeddingChannels => 4 * ModelChannels;

    /// <summary>The number of transformer blocks at a level of the encoder or decoder: 0 where there is no attention.</summary>
    /// <param name="level">0 for the finest level; the factor of downsampling is 2 to this power.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public int TransformerDepthAt(int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, ChannelMultipliers.Count);
        return AttentionResolutions.Contains(1 << level) ? TransformerDepths[level] : 0;
    }
}
