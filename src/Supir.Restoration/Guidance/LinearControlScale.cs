using Supir.Restoration.Sampling;

namespace Supir.Restoration.Guidance;

/// <summary>The weight of the control features, in a straight line with the noise.</summary>
/// <param name="AtNoNoise">The weight at σ = 0 (<c>--s_stage2</c>).</param>
/// <param name="AtMostNoise">The weight at σ_max (<c>--spt_linear_s_stage2</c>); the same as <paramref name="AtNoNoise"/> where
/// <c>--linear_s_stage2</c> is off.</param>
/// <remarks>scale(σ) = σ / σ_max · (AtMostNoise − AtNoNoise) + AtNoNoise, in double precision.
/// Source: <c>RestoreEDMSampler.sampler_step</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).</remarks>
public sealed record LinearControlScale(double AtNoNoise, double AtMostNoise)
{
    /// <summary>The weight at a noise level.</summary>
    /// <param name="sigma">σ before churn, unlike for the guidance.</param>
    public float At(float sigma) => (float)((sigma / NoiseLevels.SigmaMax * (AtMostNoise - AtNoNoise)) + AtNoNoise);
}
