namespace Supir.Restoration.Sampling;

/// <summary>How an ancestral step is split into going down and putting noise back.</summary>
/// <param name="Down">σ_down = √(σ'² − σ_up²), the level to go down to.</param>
/// <param name="Up">σ_up = min(σ', η · σ' · √(σ² − σ'²) / σ), the noise to put back, which leads to σ'.</param>
/// <remarks>Source: <c>get_ancestral_step</c>, sgm/modules/diffusionmodules/sampling_utils.py (SUPIR @ bda91af).</remarks>
internal readonly record struct AncestralSigmas(float Down, float Up)
{
    /// <summary>Computes them for a step from <paramref name="sigma"/> to <paramref name="next"/>.</summary>
    public static AncestralSigmas Of(float sigma, float next, double eta)
    {
        float part = MathF.Sqrt(next * next * ((sigma * sigma) - (next * next)) / (sigma * sigma));
        float up = MathF.Min(next, (float)eta * part);
        return new AncestralSigmas(MathF.Sqrt((next * next) - (up * up)), up);
    }
}
