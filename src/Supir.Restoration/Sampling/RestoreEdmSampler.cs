using Supir.Engine;
using Supir.Restoration.Guidance;

namespace Supir.Restoration.Sampling;

/// <summary>Euler steps down the noise levels, with noise put back before each and a pull towards the stage-1 latent.</summary>
/// <remarks>
/// A step from σ to σ', with n the number of steps and ε ~ N(0, 1):
/// <code>
/// γ = min(S_churn / n, √2 − 1);  σ̂ = σ · (1 + γ);  x̂ = x + S_noise · ε · √(σ̂² − σ²)
/// D = denoised(x̂, σ̂);  if σ' > 0.05:  D ← D − (D − x_center) · (σ / σ_max)^exponent
/// x' = x̂ + (σ' − σ̂) · (x̂ − D) / σ̂
/// </code>
/// Source: <c>RestoreEDMSampler</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af); Karras et al. 2022, "Elucidating the
/// Design Space of Diffusion-Based Generative Models", arXiv:2206.00364, algorithm 2 without the second-order correction.
/// Single precision, in torch's order of operations; <see cref="SigmaRounding"/> says what is rounded when asked for.
/// </remarks>
public static class RestoreEdmSampler
{
    /// <summary>Above this no step of Karras et al. lifts its noise level: σ̂ is at most √2 · σ.</summary>
    private static readonly double LargestGamma = Math.Sqrt(2) - 1;

    /// <summary>Samples one latent.</summary>
    /// <param name="network">The network.</param>
    /// <param name="denoiser">Its levels of noise.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [1, H, W, C]; drawn in bfloat16 where the parameters round to it.</param>
    /// <param name="center">The stage-1 latent, of the same layout; not read without a restoration exponent.</param>
    /// <param name="noise">Where the noise to put back comes from: one draw a step with churn, none otherwise.</param>
    /// <param name="parameters">The numbers that steer it.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Asked before each step, and by the network.</param>
    /// <returns>The latent, layout [1, H, W, C].</returns>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static float[] Run(
        INoisePredictor network,
        DiscreteDenoiser denoiser,
        ReadOnlySpan<float> sigmas,
        ReadOnlySpan<float> start,
        ReadOnlySpan<float> center,
        LatentNoise noise,
        RestoreEdmParameters parameters,
        IProgress<SamplerProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(parameters);
        RequireLengths(sigmas.Length, start.Length, center.Length, noise.Length, parameters);

        int steps = sigmas.Length - 1;
        float[] x = ScaleToLevel(start, sigmas[0], parameters.Rounding);
        float[] churnNoise = new float[x.Length];
        float[] unconditional = new float[x.Length];
        float[] denoised = new float[x.Length];
        for (int step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool churned = sigmas[step] >= parameters.ChurnSigmaMin && sigmas[step] <= parameters.ChurnSigmaMax;
            double gamma = churned ? Math.Min(parameters.Churn / steps, LargestGamma) : 0;
            EdmStepSigmas levels = EdmStepSigmas.Of(sigmas[step], sigmas[step + 1], gamma, parameters.Rounding);

            if (gamma > 0)
            {
                // Only the first step's latent is still of the start noise's format.
                SigmaRounding latentRounding = step == 0 ? parameters.Rounding : SigmaRounding.None;
                noise.Draw(churnNoise, latentRounding == SigmaRounding.None ? DType.Float32 : DType.BFloat16);
                AddNoise(x, churnNoise, (float)parameters.NoiseMultiplier, levels.ChurnAmplitude, latentRounding);
            }

            float controlScale = parameters.ControlScale.At(levels.Sigma);
            float guidanceScale = parameters.Guidance.At(levels.Churned, parameters.Rounding);
            bool both = parameters.AlwaysBothHalves || guidanceScale != 1f;
            denoiser.Denoise(network, x, levels.Churned, controlScale, both ? unconditional : [], denoised, cancellationToken);
            if (both)
            {
                ClassifierFreeGuidance.Mix(unconditional, denoised, guidanceScale);
            }

            if (parameters.RestorationExponent is double exponent && levels.Next > parameters.Rounding.Apply((float)parameters.RestorationSigmaMin))
            {
                PullTowards(center, denoised, levels.RelativeToMax(exponent, parameters.Rounding));
            }

            StepTo(x, denoised, levels);
            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1]));
        }

        return x;
    }

    /// <summary>x = noise · √(1 + σ₀²): the training's variance at the first level.</summary>
    private static float[] ScaleToLevel(ReadOnlySpan<float> start, float sigma, SigmaRounding rounding)
    {
        float scale = rounding.Apply(MathF.Sqrt(1f + (sigma * sigma)));
        float[] x = new float[start.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = rounding.Apply(start[i] * scale);
        }

        return x;
    }

    private static void AddNoise(float[] x, float[] noise, float multiplier, float amplitude, SigmaRounding rounding)
    {
        for (int i = 0; i < x.Length; i++)
        {
            float scaled = rounding.Apply(noise[i] * multiplier);
            x[i] = rounding.Apply(x[i] + rounding.Apply(scaled * amplitude));
        }
    }

    private static void PullTowards(ReadOnlySpan<float> center, float[] denoised, float weight)
    {
        for (int i = 0; i < denoised.Length; i++)
        {
            denoised[i] -= (denoised[i] - center[i]) * weight;
        }
    }

    private static void StepTo(float[] x, float[] denoised, in EdmStepSigmas levels)
    {
        for (int i = 0; i < x.Length; i++)
        {
            float derivative = (x[i] - denoised[i]) / levels.Churned;
            x[i] += levels.Difference * derivative;
        }
    }

    private static void RequireLengths(int sigmas, int start, int center, int noise, RestoreEdmParameters parameters)
    {
        if (sigmas < 2)
        {
            throw new ArgumentException($"A run needs a first and a last sigma; there are {sigmas}.", nameof(sigmas));
        }

        if (noise != start)
        {
            throw new ArgumentException($"The start noise has {start} elements, a draw of noise {noise}.", nameof(noise));
        }

        if (parameters.RestorationExponent is not null && center != start)
        {
            throw new ArgumentException($"The start noise has {start} elements, the stage-1 latent {center}.", nameof(center));
        }
    }
}
