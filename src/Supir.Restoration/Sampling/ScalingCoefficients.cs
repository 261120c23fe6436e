using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>The numbers between a network's input and output and a denoised latent, at one noise level.</summary>
/// <param name="Skip">c_skip, factor on x in the result.</param>
/// <param name="Out">c_out, factor on what the network predicts.</param>
/// <param name="In">c_in, factor on x before the network.</param>
/// <param name="Noise">c_noise, what the network is told of the level.</param>
/// <remarks>denoised = c_skip · x + c_out · network(c_in · x, c_noise), with
/// <code>
/// noise:     c_skip = 1;                  c_out = −σ;                         c_in = 1 / √(σ² + 1);        c_noise = σ
/// velocity:  c_skip = 1 / (σ² + 1);       c_out = −σ / √(σ² + 1);             c_in = 1 / √(σ² + 1);        c_noise = σ
/// EDM:       c_skip = σ_d² / (σ² + σ_d²); c_out = σ · σ_d / √(σ² + σ_d²);     c_in = 1 / √(σ² + σ_d²);     c_noise = ¼ · ln σ
/// </code>
/// Source: sgm/modules/diffusionmodules/denoiser_scaling.py (SUPIR @ bda91af); Karras et al. 2022, arXiv:2206.00364, table 1.</remarks>
internal readonly record struct ScalingCoefficients(float Skip, float Out, float In, float Noise)
{
    /// <summary>Computes them, in single precision.</summary>
    public static ScalingCoefficients Of(ScalingOptions scaling, float sigma)
    {
        float data = (float)scaling.DataDeviation;
        float variance = (sigma * sigma) + (data * data);
        float deviation = MathF.Sqrt(variance);
        return scaling.Kind switch
        {
            ScalingKind.Noise => new(1f, -sigma, 1f / deviation, sigma),
            ScalingKind.Velocity => new(1f / variance, -sigma / deviation, 1f / deviation, sigma),
            _ => new(data * data / variance, sigma * data / deviation, 1f / deviation, 0.25f * MathF.Log(sigma)),
        };
    }
}
