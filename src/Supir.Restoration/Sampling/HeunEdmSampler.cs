namespace Supir.Restoration.Sampling;

/// <summary>Heun's second-order steps down the noise levels, with noise put back before each.</summary>
/// <remarks>
/// A step from σ to σ', with σ̂ and x̂ after churn as in <see cref="RestoreEdmSampler"/>:
/// <code>
/// d = (x̂ − denoised(x̂, σ̂)) / σ̂;  x₁ = x̂ + (σ' − σ̂) · d
/// d' = (x₁ − denoised(x₁, σ')) / σ';  x' = x̂ + (σ' − σ̂) · (d + d') / 2     (x' = x₁ where σ' = 0)
/// </code>
/// Source: <c>HeunEDMSampler</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af); Karras et al. 2022, arXiv:2206.00364,
/// algorithm 2.
/// </remarks>
public static class HeunEdmSampler
{
    /// <summary>Samples latents; reads churn, its bounds and the noise multiplier. Two evaluations a step, one in the last.</summary>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C].</param>
    /// <param name="noise">Where the noise to put back comes from: one draw a step with churn.</param>
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
        float[] churnNoise = new float[x.Length];
        float[] denoised = new float[x.Length];
        float[] derivative = new float[x.Length];
        for (int step = from?.Step ?? 0; step < steps; step++)
        {
            double gamma = EdmStepSigmas.Gamma(parameters, sigmas[step], steps);
            EdmStepSigmas levels = EdmStepSigmas.Of(sigmas[step], sigmas[step + 1], gamma, SigmaRounding.None);
            if (gamma > 0)
            {
                noise.Draw(churnNoise);
                SamplerArithmetic.AddNoise(x, churnNoise, (float)parameters.NoiseMultiplier, levels.ChurnAmplitude);
            }

            denoiser.Denoise(x, levels.Churned, levels.Sigma, denoised);
            for (int i = 0; i < x.Length; i++)
            {
                derivative[i] = (x[i] - denoised[i]) / levels.Churned;
            }

            float[] euler = [.. x];
            SamplerArithmetic.EulerStep(euler, denoised, levels.Churned, levels.Difference);
            x = levels.Next == 0 ? euler : Correct(denoiser, x, euler, derivative, denoised, levels);
            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1], new SamplerState(step + 1, x, [])));
        }

        return x;
    }

    private static float[] Correct(
        GuidedDenoiser denoiser, float[] x, float[] euler, float[] derivative, float[] denoised, in EdmStepSigmas levels)
    {
        denoiser.Denoise(euler, levels.Next, denoised);
        for (int i = 0; i < x.Length; i++)
        {
            float next = (euler[i] - denoised[i]) / levels.Next;
            x[i] += levels.Difference * ((derivative[i] + next) / 2f);
        }

        return x;
    }
}
