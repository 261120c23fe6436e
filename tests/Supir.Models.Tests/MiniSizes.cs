using Supir.Models.UNet;
using Supir.Models.Vae;

namespace Supir.Models.Tests;

/// <summary>The small model of the goldens: "Sizes of the mini model" in tests/goldens/README.md.</summary>
internal static class MiniSizes
{
    /// <summary>UNet and control network.</summary>
    public static UNetConfig UNet { get; } = new()
    {
        InChannels = 16,
        OutChannels = 16,
        ModelChannels = 32,
        ChannelMultipliers = [1, 2, 4],
        ResidualBlocks = 2,
        AttentionResolutions = [4, 2],
        TransformerDepths = [1, 1, 2],
        ContextChannels = 32,
        VectorChannels = 1552,
        HeadChannels = 64,
        ProjectChannelScale = 2,
    };

    /// <summary>The autoencoder.</summary>
    public static VaeConfig Vae { get; } = new()
    {
        Channels = 32,
        ChannelMultipliers = [1, 2, 4, 4],
        ResidualBlocks = 2,
        LatentChannels = 16,
        EmbedChannels = 16,
        ScaleFactor = 0.5,
    };
}
