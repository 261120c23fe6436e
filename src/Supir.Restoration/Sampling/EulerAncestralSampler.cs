namespace Supir.Restoration.Sampling;

/// <summary>Euler steps that go further down than asked for and put the missing noise back.</summary>
/// <remarks>
/// A step from σ to σ', with σ_down and σ_up of <see cref="AncestralSigmas"/> and ε ~ N(0, 1):
/// <code>
/// x' = x + (σ_down − σ) · (x − denoised(x, σ)) / σ + S_noise · σ_up · ε
/// </code>
/// Source: <c>EulerAncestralSampler</c>, and <c>SubstepSampler</c> with the levels of <see cref="SubstepSigmas"/>,
/// sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).
/// </remarks>
public static class EulerAncestralSampler
{
    /// <summary>The steps, among a thousand, that <c>SubstepSampler</c> may start from.</summary>
    private static readonly int[] SubstepStarts = [0, 100, 200, 300];

    /// <summary>The noise levels of <c>SubstepSampler</c>: as many of its four as there are steps, then 0.</summary>
    /// <param name="all">A thousand levels, falling, and a 0.</param>
    /// <param name="steps">How many steps are asked for; more than four are four.</param>
    public static float[] SubstepSigmas(ReadOnlySpan<float> all, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        float[] sigmas = new float[Math.Min(steps, SubstepStarts.Length) + 1];
        for (int i = 0; i < sigmas.Length - 1; i++)
        {
            sigmas[i] = all[SubstepStarts[i]];
        }

        return sigmas;
    }

    /// <summary>Samples latents; reads η and the noise multiplier.</summary>
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
            AncestralSigmas levels = AncestralSigmas.Of(sigmas[step], sigmas[step + 1], parameters.Eta);
            denoiser.Denoise(x, sigmas[step], denoised);
            SamplerArithmetic.EulerStep(x, denoised, sigmas[step], levels.Down - sigmas[step]);
            if (sigmas[step + 1] > 0)
            {
                noise.Draw(stepNoise);
                SamplerArithmetic.AddNoise(x, stepNoise, (float)parameters.NoiseMultiplier, levels.Up);
            }

            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1], new SamplerState(step + 1, x, [])));
        }

        return x;
    }
}
