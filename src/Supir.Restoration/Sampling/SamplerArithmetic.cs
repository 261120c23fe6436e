namespace Supir.Restoration.Sampling;

/// <summary>What several samplers do to a latent, element by element, in torch's order of operations.</summary>
internal static class SamplerArithmetic
{
    /// <summary>x = noise · √(1 + σ₀²): the training's variance at the first level.</summary>
    public static float[] ScaleToLevel(ReadOnlySpan<float> start, float sigma, SigmaRounding rounding = SigmaRounding.None)
    {
        float scale = rounding.Apply(MathF.Sqrt(1f + (sigma * sigma)));
        float[] x = new float[start.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = rounding.Apply(start[i] * scale);
        }

        return x;
    }

    /// <summary>The latent of a sampler's first step, or that of the state that it goes on from.</summary>
    /// <exception cref="ArgumentException">The state is not one of such a run.</exception>
    public static float[] Begin(ReadOnlySpan<float> start, ReadOnlySpan<float> sigmas, SamplerState? from, SigmaRounding rounding = SigmaRounding.None)
    {
        from?.RequireOf(sigmas.Length - 1, start.Length);
        return from is null ? ScaleToLevel(start, sigmas[0], rounding) : [.. from.Latent];
    }

    /// <summary>x ← x + noise · multiplier · amplitude.</summary>
    public static void AddNoise(
        Span<float> x, ReadOnlySpan<float> noise, float multiplier, float amplitude, SigmaRounding rounding = SigmaRounding.None)
    {
        for (int i = 0; i < x.Length; i++)
        {
            float scaled = rounding.Apply(noise[i] * multiplier);
            x[i] = rounding.Apply(x[i] + rounding.Apply(scaled * amplitude));
        }
    }

    /// <summary>x ← x + Δσ · (x − denoised) / σ.</summary>
    public static void EulerStep(Span<float> x, ReadOnlySpan<float> denoised, float sigma, float difference)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += difference * ((x[i] - denoised[i]) / sigma);
        }
    }

    /// <summary>Refuses lengths that do not fit each other.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void RequireLengths(int sigmas, int start, int noise)
    {
        if (sigmas < 2)
        {
            throw new ArgumentException($"A run needs a first and a last sigma; there are {sigmas}.", nameof(sigmas));
        }

        if (noise != start)
        {
            throw new ArgumentException($"The start noise has {start} elements, a draw of noise {noise}.", nameof(noise));
        }
    }
}
