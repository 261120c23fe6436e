namespace Supir.Restoration.Sampling;

/// <summary>Noise levels of which the ρ-th root is evenly spaced.</summary>
/// <remarks>σ_i = (σ_max^(1/ρ) + i / (n − 1) · (σ_min^(1/ρ) − σ_max^(1/ρ)))^ρ for i = 0 … n − 1, then 0.
/// Source: <c>EDMDiscretization</c>, sgm/modules/diffusionmodules/discretizer.py (SUPIR @ bda91af), and <c>get_sigmas_karras</c>,
/// k_diffusion/sampling.py; Karras et al. 2022, arXiv:2206.00364, equation 5.</remarks>
public static class EdmDiscretization
{
    /// <summary>ρ of Karras et al., and of the DPM++ samplers' schedule.</summary>
    public const double KarrasRho = 7;

    /// <summary>The sigmas of a run, falling, and a 0 at the end: one more than there are steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No steps.</exception>
    public static float[] Sigmas(int steps, double sigmaMin, double sigmaMax, double rho = KarrasRho)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        double highest = Math.Pow(sigmaMax, 1 / rho);
        double lowest = Math.Pow(sigmaMin, 1 / rho);
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++)
        {
            double part = steps == 1 ? 0 : (double)i / (steps - 1);
            sigmas[i] = (float)Math.Pow(highest + (part * (lowest - highest)), rho);
        }

        return sigmas;
    }
}
