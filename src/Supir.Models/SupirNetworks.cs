using Supir.Checkpoints;
using Supir.Models.Control;
using Supir.Models.TextEncoders;
using Supir.Models.UNet;
using Supir.Models.Vae;

namespace Supir.Models;

/// <summary>All networks of a SUPIR checkpoint: autoencoder, text towers, and the UNet with its control network.</summary>
public sealed class SupirNetworks
{
    private readonly WeightReader _weights;

    /// <summary>Reads every network; elements are touched only when a backend packs them.</summary>
    /// <param name="weights">The reader of the whole checkpoint: SUPIR's file over SDXL's.</param>
    /// <param name="vae">The sizes of the autoencoder.</param>
    /// <param name="unet">The sizes of the UNet.</param>
    /// <param name="control">The sizes of the control network.</param>
    /// <param name="firstHiddenState">The first text tower's hidden state (<c>layer_idx</c>).</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public SupirNetworks(WeightReader weights, VaeConfig vae, UNetConfig unet, UNetConfig control, int firstHiddenState)
    {
        _weights = weights;
        Vae = new Autoencoder(weights, vae);
        Text = new TextConditioner(weights, firstHiddenState);
        Diffusion = new ControlledUNet(weights, unet, control);
    }

    /// <summary>Between pictures and latents.</summary>
    public Autoencoder Vae { get; }

    /// <summary>From token ids to conditions.</summary>
    public TextConditioner Text { get; }

    /// <summary>One step of the diffusion.</summary>
    public ControlledUNet Diffusion { get; }

    /// <summary>Refuses a checkpoint with weights that no network read: it is of another model than the options say.</summary>
    /// <exception cref="CheckpointException">There are such weights; the message names their number and the first.</exception>
    public void RequireAllRead() => _weights.RequireAllRead(
    [
        .. Text.UnusedWeights,

        // The noise schedule follows from the options.
        "denoiser.sigmas",

        // A buffer of the control network's training.
        "model.control_model.mask_LQ",
    ]);
}
