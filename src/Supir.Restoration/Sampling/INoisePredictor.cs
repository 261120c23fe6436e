namespace Supir.Restoration.Sampling;

/// <summary>The diffusion network with its control network, text and low-quality latent already in place.</summary>
public interface INoisePredictor
{
    /// <summary>Predicts the noise in latents, with the caption and, where asked for, without.</summary>
    /// <param name="latent">The latents, scaled to variance 1, layout [N, H, W, C]: samples, or tiles of one.</param>
    /// <param name="timestep">The training step whose noise level the latents have: from 0 to one less than there are.</param>
    /// <param name="controlScale">The weight of the control features.</param>
    /// <param name="unconditional">Where the prediction for the negative prompt goes; empty if it is not needed.</param>
    /// <param name="conditional">Where the prediction for the caption goes.</param>
    /// <param name="cancellationToken">Asked between operations of the network.</param>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    void Predict(
        ReadOnlySpan<float> latent,
        float timestep,
        float controlScale,
        Span<float> unconditional,
        Span<float> conditional,
        CancellationToken cancellationToken);
}
