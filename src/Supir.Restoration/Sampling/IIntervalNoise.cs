namespace Supir.Restoration.Sampling;

/// <summary>Noise that belongs to a stretch of noise levels: asked again it is the same, and shorter stretches add up to longer ones.</summary>
public interface IIntervalNoise
{
    /// <summary>The noise between two levels, of variance 1.</summary>
    /// <param name="sigma">Where the stretch begins.</param>
    /// <param name="nextSigma">Where it ends; another level.</param>
    /// <param name="destination">Where it goes, in the layout of the latents that are sampled.</param>
    void Draw(float sigma, float nextSigma, Span<float> destination);
}
