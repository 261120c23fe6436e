namespace Supir.Restoration.Sampling;

/// <summary>The numbers of one Euler step that depend on its noise levels alone.</summary>
/// <param name="Sigma">σ, where the step starts.</param>
/// <param name="Next">σ', where it ends.</param>
/// <param name="Churned">σ̂ = σ · (1 + γ), where it starts after noise was put back.</param>
/// <param name="Difference">σ' − σ̂.</param>
/// <param name="ChurnAmplitude">√(σ̂² − σ²), the noise to put back.</param>
internal readonly record struct EdmStepSigmas(float Sigma, float Next, float Churned, float Difference, float ChurnAmplitude)
{
    /// <summary>Above this no step of Karras et al. lifts its noise level: σ̂ is at most √2 · σ.</summary>
    private static readonly double LargestGamma = Math.Sqrt(2) - 1;

    /// <summary>γ of a step: min(S_churn / n, √2 − 1) between the churn's bounds, else 0.</summary>
    public static double Gamma(SamplerParameters parameters, float sigma, int steps) =>
        sigma >= parameters.ChurnSigmaMin && sigma <= parameters.ChurnSigmaMax ? Math.Min(parameters.Churn / steps, LargestGamma) : 0;

    /// <summary>Computes them in single precision, each result rounded as <paramref name="rounding"/> says.</summary>
    public static EdmStepSigmas Of(float sigma, float next, double gamma, SigmaRounding rounding)
    {
        sigma = rounding.Apply(sigma);
        next = rounding.Apply(next);
        float churned = rounding.Apply(sigma * (float)(gamma + 1));
        float variance = rounding.Apply(rounding.Apply(churned * churned) - rounding.Apply(sigma * sigma));
        return new EdmStepSigmas(sigma, next, churned, rounding.Apply(next - churned), rounding.Apply(MathF.Sqrt(variance)));
    }

    /// <summary>(σ / σ_max)^exponent.</summary>
    public float RelativeToMax(double exponent, SigmaRounding rounding) =>
        rounding.Apply(MathF.Pow(rounding.Apply(Sigma / NoiseLevels.SdxlSigmaMax), (float)exponent));
}
