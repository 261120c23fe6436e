using Supir.Models.UNet;

namespace Supir.Restoration.Options;

/// <summary>Refuses parts that are each well formed but do not fit each other.</summary>
internal static class ModelOptionsCheck
{
    /// <summary>Requires that latents and features have the same widths wherever two networks meet.</summary>
    /// <param name="options">What was read.</param>
    /// <param name="model">Where from, for the messages.</param>
    /// <exception cref="OptionException">They do not.</exception>
    public static void RequireThatPartsFit(ModelOptions options, OptionsSection model)
    {
        UNetConfig unet = options.UNet;
        int latent = options.Vae.LatentChannels;
        if (options.Vae.EmbedChannels != latent)
        {
            throw model.Fault("first_stage_config", $"embed_dim is {options.Vae.EmbedChannels} but z_channels is {latent}; they must be equal.");
        }

        if (unet.InChannels != latent || unet.OutChannels != latent)
        {
            throw model.Fault(
                "network_config",
                $"in_channels and out_channels are {unet.InChannels} and {unet.OutChannels} but the autoencoder's z_channels is {latent}; " +
                "they must be equal.");
        }

        if (!SameFeatures(options.Control, unet))
        {
            throw model.Fault("control_stage_config", "its sizes must be those of network_config: the UNet's connectors take its features one by one.");
        }

        int sizes = 2 * options.SizeEmbedders.Sum(embedder => embedder.Channels);
        if (unet.VectorChannels <= sizes)
        {
            throw model.Fault(
                "network_config",
                $"adm_in_channels is {unet.VectorChannels}, but the embedded sizes alone take {sizes}, and the pooled text comes on top.");
        }
    }

    // The depth of the transformers may differ: it changes no feature's shape.
    private static bool SameFeatures(UNetConfig control, UNetConfig unet) =>
        (control.InChannels, control.ModelChannels, control.ResidualBlocks, control.ContextChannels, control.VectorChannels)
            == (unet.InChannels, unet.ModelChannels, unet.ResidualBlocks, unet.ContextChannels, unet.VectorChannels)
        && control.ChannelMultipliers.SequenceEqual(unet.ChannelMultipliers);
}
