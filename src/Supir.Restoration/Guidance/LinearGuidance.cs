using Supir.Restoration.Sampling;

namespace Supir.Restoration.Guidance;

/// <summary>A classifier-free guidance scale that goes in a straight line with the noise.</summary>
/// <param name="AtNoNoise">The scale at σ = 0 (<c>--s_cfg</c>; the guider's <c>scale_min</c>).</param>
/// <param name="AtMostNoise">The scale at σ_max (<c>--spt_linear_CFG</c>; the guider's <c>scale</c>). Churn lifts σ above σ_max in the
/// first step, where the line goes on beyond this.</param>
/// <remarks>scale(σ) = (AtMostNoise − AtNoNoise) · σ / σ_max + AtNoNoise; a constant scale has both ends equal.
/// Source: <c>LinearCFG</c>, sgm/modules/diffusionmodules/guiders.py (SUPIR @ bda91af);
/// Ho and Salimans 2022, "Classifier-Free Diffusion Guidance", arXiv:2207.12598.</remarks>
public sealed record LinearGuidance(double AtNoNoise, double AtMostNoise)
{
    /// <summary>The scale at a noise level, in single precision and the reference's order of operations.</summary>
    /// <param name="sigma">σ after churn.</param>
    /// <param name="rounding">Whether every intermediate result is rounded.</param>
    public float At(float sigma, SigmaRounding rounding)
    {
        float slope = rounding.Apply((float)(AtMostNoise - AtNoNoise) * sigma);
        return rounding.Apply(rounding.Apply(slope / NoiseLevels.SdxlSigmaMax) + (float)AtNoNoise);
    }
}
