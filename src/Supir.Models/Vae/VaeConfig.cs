namespace Supir.Models.Vae;

/// <summary>The sizes of the autoencoder between pictures and latents.</summary>
/// <remarks>Source: <c>Encoder</c> and <c>Decoder</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af);
/// the spellings of the YAML's <c>ddconfig</c> stand beside the names.</remarks>
public sealed record VaeConfig
{
    /// <summary>Channels of the first level (<c>ch</c>).</summary>
    public required int Channels { get; init; }

    /// <summary>Channels of each level as multiples of <see cref="Channels"/> (<c>ch_mult</c>); one entry a level.</summary>
    public required IReadOnlyList<int> ChannelMultipliers { get; init; }

    /// <summary>Residual blocks in a level of the encoder; the decoder has one more (<c>num_res_blocks</c>).</summary>
    public required int ResidualBlocks { get; init; }

    /// <summary>Channels that the encoder's mean has and the decoder's first convolution reads (<c>z_channels</c>).</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Channels of the latent between <c>quant_conv</c> and <c>post_quant_conv</c> (<c>embed_dim</c>).</summary>
    public required int EmbedChannels { get; init; }

    /// <summary>Channels of the picture that is encoded (<c>in_channels</c>).</summary>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the picture that is decoded (<c>out_ch</c>).</summary>
    public int OutChannels { get; init; } = 3;

    /// <summary>What an encoded latent is multiplied by before the diffusion sees it, and divided by before it is decoded
    /// (<c>scale_factor</c>).</summary>
    public required double ScaleFactor { get; init; }

    /// <summary>The sizes of SDXL's autoencoder.</summary>
    public static VaeConfig Sdxl { get; } = new()
    {
        Channels = 128,
        ChannelMultipliers = [1, 2, 4, 4],
        ResidualBlocks = 2,
        LatentChannels = 4,
        EmbedChannels = 4,
        ScaleFactor = 0.13025,
    };

    /// <summary>Pixels a side of the picture for one place of the latent: the encoder halves between its levels.</summary>
    public int Downsampling => 1 << (ChannelMultipliers.Count - 1);
}
