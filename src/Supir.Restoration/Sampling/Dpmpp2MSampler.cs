using Supir.Restoration.Tiling;

namespace Supir.Restoration.Sampling;

/// <summary>DPM-Solver++ of second order, which reads the last step's prediction too, with or without noise put back.</summary>
/// <remarks>
/// A step from σ to σ', with h = ln(σ / σ'), the last step's h₋₁ and D₋₁, r = h₋₁ / h, and ε ~ N(0, 1):
/// <code>
/// D = denoised(x, σ);  D* = (1 + 1 / 2r) · D − 1 / 2r · D₋₁     (D* = D in the first and in the last step)
/// x' = σ' / σ · e^(−ηh) · x + (1 − e^(−h − ηh)) · D*
/// x' ← x' + S_noise · σ' · √(1 − e^(−2ηh)) · ε                   (not in the first step, unless asked for)
/// </code>
/// and x' = D where σ' = 0. Over tiles every tile takes the step, and x' and D are the weighted means of the tiles that overlap.
/// Source: <c>DPMPP2MSampler</c> (η = 0), <c>RestoreDPMPP2MSampler</c> and <c>TiledRestoreDPMPP2MSampler</c> (with the sigmas of
/// <see cref="EdmDiscretization"/>), sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af); Lu et al. 2022, "DPM-Solver++",
/// arXiv:2211.01095. Where asked for, every number made from σ is rounded to bfloat16, and what is multiplied with a rounded latent too.
/// </remarks>
public static class Dpmpp2MSampler
{
    /// <summary>Samples latents; reads η, the noise multiplier, <see cref="SamplerParameters.NoiseInFirstStep"/> and the rounding.</summary>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C], or stacked tiles of it.</param>
    /// <param name="noise">Where the noise to put back comes from: asked once a step that puts some back; not asked where η is 0.</param>
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
        IIntervalNoise noise,
        SamplerParameters parameters,
        LatentTiles? tiles = null,
        IProgress<SamplerProgress>? progress = null,
        SamplerState? from = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(parameters);
        SamplerArithmetic.RequireLengths(sigmas.Length, start.Length, start.Length);
        int steps = sigmas.Length - 1;
        float[] x = SamplerArithmetic.Begin(start, sigmas, from, parameters.Rounding);
        float[] denoised = new float[x.Length];
        float[] lastDenoised = from is { History: [float[] last] } ? [.. last] : new float[x.Length];
        float[] stepNoise = new float[x.Length];
        for (int step = from?.Step ?? 0; step < steps; step++)
        {
            Dpmpp2MFactors factors = Dpmpp2MFactors.Of(step == 0 ? null : sigmas[step - 1], sigmas[step], sigmas[step + 1], parameters);
            denoiser.Denoise(x, factors.Sigma, denoised);
            SigmaRounding latentRounding = step == 0 || tiles is not null ? parameters.Rounding : SigmaRounding.None;
            SigmaRounding lastRounding = tiles is not null ? parameters.Rounding : SigmaRounding.None;
            for (int i = 0; i < x.Length; i++)
            {
                float extrapolated = factors.OfLast == 0f
                    ? denoised[i]
                    : (factors.OfDenoised * denoised[i]) - lastRounding.Apply(factors.OfLast * lastDenoised[i]);
                x[i] = latentRounding.Apply(factors.OfLatent * x[i]) + (factors.OfPrediction * extrapolated);
            }

            if (factors.OfNoise > 0 && (step > 0 || parameters.NoiseInFirstStep))
            {
                noise.Draw(sigmas[step], sigmas[step + 1], stepNoise);
                AddNoise(x, stepNoise, factors, parameters);
            }

            if (tiles is not null)
            {
                tiles.Reconcile(x);
                tiles.Reconcile(denoised);
            }

            (denoised, lastDenoised) = (lastDenoised, denoised);
            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1], new SamplerState(step + 1, x, [lastDenoised])));
        }

        return x;
    }

    private static void AddNoise(float[] x, float[] noise, in Dpmpp2MFactors factors, SamplerParameters parameters)
    {
        SigmaRounding rounding = parameters.Rounding;
        for (int i = 0; i < x.Length; i++)
        {
            float scaled = rounding.Apply(rounding.Apply(rounding.Apply(noise[i]) * factors.Next) * factors.OfNoise);
            x[i] += rounding.Apply(scaled * (float)parameters.NoiseMultiplier);
        }
    }
}
