using Supir.Engine;
using Supir.Restoration.Tiling;

namespace Supir.Restoration.Sampling;

/// <summary>Euler steps down the noise levels, with noise put back before each and a pull towards the stage-1 latent.</summary>
/// <remarks>
/// A step from σ to σ', with n the number of steps and ε ~ N(0, 1):
/// <code>
/// γ = min(S_churn / n, √2 − 1);  σ̂ = σ · (1 + γ);  x̂ = x + S_noise · ε · √(σ̂² − σ²)
/// D = denoised(x̂, σ̂);  if σ' > 0.05:  D ← D − (D − x_center) · (σ / σ_max)^exponent
/// x' = x̂ + (σ' − σ̂) · (x̂ − D) / σ̂
/// </code>
/// Over tiles every tile takes the step, and x' is the weighted mean of the tiles that overlap.
/// Source: <c>RestoreEDMSampler</c>, <c>TiledRestoreEDMSampler</c> and <c>EulerEDMSampler</c> (which has no pull),
/// sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af); Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based
/// Generative Models", arXiv:2206.00364, algorithm 2 without the second-order correction.
/// Single precision, in torch's order of operations; <see cref="SigmaRounding"/> says what is rounded when asked for.
/// </remarks>
public static class RestoreEdmSampler
{
    /// <summary>Samples latents.</summary>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C], or stacked tiles of it; drawn in bfloat16 where the parameters round to it.</param>
    /// <param name="center">The stage-1 latent, of the same layout; not read without a restoration exponent.</param>
    /// <param name="noise">Where the noise to put back comes from: one draw a step with churn; with tiles one draw a step.</param>
    /// <param name="parameters">The numbers that steer it.</param>
    /// <param name="tiles">The tiles that the latents are stacked in, or <c>null</c> for whole latents.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="from">Where a run of the same arguments stood when it ended early, to go on from there; <c>null</c> for the beginning.</param>
    /// <returns>The latents, of the same layout.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static float[] Run(
        GuidedDenoiser denoiser,
        ReadOnlySpan<float> sigmas,
        ReadOnlySpan<float> start,
        ReadOnlySpan<float> center,
        LatentNoise noise,
        SamplerParameters parameters,
        LatentTiles? tiles = null,
        IProgress<SamplerProgress>? progress = null,
        SamplerState? from = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(parameters);
        SamplerArithmetic.RequireLengths(sigmas.Length, start.Length, noise.Length);
        if (parameters.RestorationExponent is not null && center.Length != start.Length)
        {
            throw new ArgumentException($"The start noise has {start.Length} elements, the stage-1 latent {center.Length}.", nameof(center));
        }

        int steps = sigmas.Length - 1;
        float[] x = SamplerArithmetic.Begin(start, sigmas, from, parameters.Rounding);
        float[] churnNoise = new float[x.Length];
        float[] denoised = new float[x.Length];
        for (int step = from?.Step ?? 0; step < steps; step++)
        {
            double gamma = EdmStepSigmas.Gamma(parameters, sigmas[step], steps);
            EdmStepSigmas levels = EdmStepSigmas.Of(sigmas[step], sigmas[step + 1], gamma, parameters.Rounding);

            // The latent is of the start noise's format before the first step; tiles are put together in that format after each.
            SigmaRounding latentRounding = step == 0 || tiles is not null ? parameters.Rounding : SigmaRounding.None;
            if (gamma > 0 || tiles is not null)
            {
                noise.Draw(churnNoise, latentRounding == SigmaRounding.None ? DType.Float32 : DType.BFloat16);
            }

            if (gamma > 0)
            {
                SamplerArithmetic.AddNoise(x, churnNoise, (float)parameters.NoiseMultiplier, levels.ChurnAmplitude, latentRounding);
            }

            denoiser.Denoise(x, levels.Churned, levels.Sigma, denoised);
            if (parameters.RestorationExponent is double exponent && levels.Next > parameters.Rounding.Apply((float)parameters.RestorationSigmaMin))
            {
                PullTowards(center, denoised, levels.RelativeToMax(exponent, parameters.Rounding));
            }

            SamplerArithmetic.EulerStep(x, denoised, levels.Churned, levels.Difference);
            tiles?.Reconcile(x);
            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1], new SamplerState(step + 1, x, [])));
        }

        return x;
    }

    private static void PullTowards(ReadOnlySpan<float> center, float[] denoised, float weight)
    {
        for (int i = 0; i < denoised.Length; i++)
        {
            denoised[i] -= (denoised[i] - center[i]) * weight;
        }
    }
}
