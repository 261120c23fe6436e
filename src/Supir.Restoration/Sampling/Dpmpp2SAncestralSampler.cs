namespace Supir.Restoration.Sampling;

/// <summary>DPM-Solver++ of second order in single steps that go further down than asked for and put the missing noise back.</summary>
/// <remarks>
/// A step from σ to σ', with σ_down and σ_up of <see cref="AncestralSigmas"/>, h = ln(σ / σ_down), σ_mid = √(σ · σ_down), ε ~ N(0, 1):
/// <code>
/// x₂ = σ_mid / σ · x + (1 − e^(−h/2)) · denoised(x, σ)
/// x' = σ_down / σ · x + (1 − e^(−h)) · denoised(x₂, σ_mid) + S_noise · σ_up · ε     (x' = denoised(x, σ) where σ' = 0)
/// </code>
/// Source: <c>DPMPP2SAncestralSampler</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af); Lu et al. 2022, "DPM-Solver++",
/// arXiv:2211.01095, algorithm 1.
/// </remarks>
public static class Dpmpp2SAncestralSampler
{
    /// <summary>Samples latents; reads η and the noise multiplier. Two evaluations a step, one in the last.</summary>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C].</param>
    /// <param name="noise">Where the noise to put back comes from: one draw a step but the last.</param>
    /// <param name="parameters">The numbers that steer it.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="from">Where a run of the same arguments stood when it ended early, to go on from there; <c>null</c> for the beginning.</param>
    /// <returns>The latents, of the same layout.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static float[] Run(
        GuidedDenoiser denoiser,
        ReadOnlySpan<float> sigmas,
        ReadOnlySpan<float> start,
        LatentNoise noise,
        SamplerParameters parameters,
        IProgress<SamplerProgress>? progress = null,
        SamplerState? from = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(parameters);
        SamplerArithmetic.RequireLengths(sigmas.Length, start.Length, noise.Length);
        int steps = sigmas.Length - 1;
        float[] x = SamplerArithmetic.Begin(start, sigmas, from);
        float[] stepNoise = new float[x.Length];
        float[] denoised = new float[x.Length];
        for (int step = from?.Step ?? 0; step < steps; step++)
        {
            (float sigma, float next) = (sigmas[step], sigmas[step + 1]);
            AncestralSigmas levels = AncestralSigmas.Of(sigma, next, parameters.Eta);
            denoiser.Denoise(x, sigma, denoised);
            if (levels.Down == 0)
            {
                SamplerArithmetic.EulerStep(x, denoised, sigma, -sigma);
            }
            else
            {
                float middle = MathF.Sqrt(sigma * levels.Down);
                denoiser.Denoise(Towards(x, denoised, middle / sigma), middle, denoised);
                x = Towards(x, denoised, levels.Down / sigma);
            }

            if (next > 0)
            {
                noise.Draw(stepNoise);
                SamplerArithmetic.AddNoise(x, stepNoise, (float)parameters.NoiseMultiplier, levels.Up);
            }

            progress?.Report(new SamplerProgress(step + 1, steps, next, new SamplerState(step + 1, x, [])));
        }

        return x;
    }

    /// <summary>share · x + (1 − share) · denoised, where the share is e^(−h).</summary>
    private static float[] Towards(float[] x, float[] denoised, float share)
    {
        float[] result = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            result[i] = (share * x[i]) + ((1f - share) * denoised[i]);
        }

        return result;
    }
}
