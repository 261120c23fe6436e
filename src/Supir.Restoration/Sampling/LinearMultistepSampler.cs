namespace Supir.Restoration.Sampling;

/// <summary>Adams and Bashforth's linear multistep method: the last few derivatives are continued by a polynomial.</summary>
/// <remarks>
/// A step from σ_i to σ_(i+1), with d_j = (x_j − denoised(x_j, σ_j)) / σ_j of this step and of up to order − 1 before it:
/// <code>
/// x' = x + Σ_j c_j · d_(i−j),     c_j = ∫ from σ_i to σ_(i+1) of Π_(k≠j) (τ − σ_(i−k)) / (σ_(i−j) − σ_(i−k)) dτ
/// </code>
/// The integrand is a polynomial of third degree at most, so that two points of Gauss and Legendre give the integral exactly.
/// Source: <c>LinearMultistepSampler</c>, sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).
/// </remarks>
public static class LinearMultistepSampler
{
    /// <summary>Where Gauss and Legendre's two points lie in [−1, 1]: ±1/√3.</summary>
    private static readonly double GaussPoint = 1 / Math.Sqrt(3);

    /// <summary>Samples latents; reads the order.</summary>
    /// <param name="denoiser">The network with its guidance.</param>
    /// <param name="sigmas">The noise levels, falling, the last one 0.</param>
    /// <param name="start">Standard normal noise, layout [N, H, W, C].</param>
    /// <param name="parameters">The numbers that steer it.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="from">Where a run of the same arguments stood when it ended early, to go on from there; <c>null</c> for the beginning.</param>
    /// <returns>The latents, of the same layout.</returns>
    /// <exception cref="ArgumentException">There are fewer than two sigmas.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public static float[] Run(
        GuidedDenoiser denoiser,
        ReadOnlySpan<float> sigmas,
        ReadOnlySpan<float> start,
        SamplerParameters parameters,
        IProgress<SamplerProgress>? progress = null,
        SamplerState? from = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(parameters);
        SamplerArithmetic.RequireLengths(sigmas.Length, start.Length, start.Length);
        int steps = sigmas.Length - 1;
        float[] x = SamplerArithmetic.Begin(start, sigmas, from);
        float[] denoised = new float[x.Length];
        List<float[]> derivatives = [.. from?.History ?? []];
        for (int step = from?.Step ?? 0; step < steps; step++)
        {
            denoiser.Denoise(x, sigmas[step], denoised);
            float[] derivative = new float[x.Length];
            for (int i = 0; i < x.Length; i++)
            {
                derivative[i] = (x[i] - denoised[i]) / sigmas[step];
            }

            derivatives.Insert(0, derivative);
            int order = Math.Min(derivatives.Count, parameters.Order);
            derivatives.RemoveRange(order, derivatives.Count - order);
            for (int j = 0; j < order; j++)
            {
                float coefficient = (float)Coefficient(sigmas, step, order, j);
                for (int i = 0; i < x.Length; i++)
                {
                    x[i] += coefficient * derivatives[j][i];
                }
            }

            progress?.Report(new SamplerProgress(step + 1, steps, sigmas[step + 1], new SamplerState(step + 1, x, derivatives)));
        }

        return x;
    }

    private static double Coefficient(ReadOnlySpan<float> sigmas, int step, int order, int j)
    {
        double middle = ((double)sigmas[step] + sigmas[step + 1]) / 2;
        double half = ((double)sigmas[step + 1] - sigmas[step]) / 2;
        return half * (Basis(sigmas, step, order, j, middle - (half * GaussPoint)) + Basis(sigmas, step, order, j, middle + (half * GaussPoint)));
    }

    private static double Basis(ReadOnlySpan<float> sigmas, int step, int order, int j, double tau)
    {
        double product = 1;
        for (int k = 0; k < order; k++)
        {
            if (k != j)
            {
                product *= (tau - sigmas[step - k]) / ((double)sigmas[step - j] - sigmas[step - k]);
            }
        }

        return product;
    }
}
