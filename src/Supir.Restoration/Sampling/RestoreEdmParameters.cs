using Supir.Restoration.Guidance;
using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>The numbers that steer <see cref="RestoreEdmSampler"/>.</summary>
public sealed record RestoreEdmParameters
{
    /// <summary>S_churn: noise put back over all steps.</summary>
    public double Churn { get; init; }

    /// <summary>S_noise: factor on that noise.</summary>
    public double NoiseMultiplier { get; init; } = 1;

    /// <summary>S_tmin: no churn below this σ.</summary>
    public double ChurnSigmaMin { get; init; }

    /// <summary>S_tmax: no churn above this σ.</summary>
    public double ChurnSigmaMax { get; init; } = double.PositiveInfinity;

    /// <summary>Power of σ / σ_max in the pull towards the stage-1 latent; <c>null</c> for no pull.</summary>
    public double? RestorationExponent { get; init; }

    /// <summary>No pull in a step that ends at this σ or below.</summary>
    public double RestorationSigmaMin { get; init; } = 0.05;

    /// <summary>How strongly the captions steer.</summary>
    public required LinearGuidance Guidance { get; init; }

    /// <summary>How strongly the low-quality picture steers.</summary>
    public required LinearControlScale ControlScale { get; init; }

    /// <summary>Whether numbers made from σ are rounded.</summary>
    public SigmaRounding Rounding { get; init; }

    /// <summary>Whether the unconditional half is computed even where a guidance scale of exactly 1 makes it vanish: the reference's
    /// arithmetic, to the last bit, at twice the cost.</summary>
    public bool AlwaysBothHalves { get; init; }

    /// <summary>The parameters of a run.</summary>
    public static RestoreEdmParameters Of(RestorationSettings settings, SamplerOptions sampler)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sampler);
        return new RestoreEdmParameters
        {
            Churn = settings.Churn,
            NoiseMultiplier = settings.NoiseMultiplier,
            ChurnSigmaMin = sampler.ChurnSigmaMin,
            ChurnSigmaMax = sampler.ChurnSigmaMax,
            RestorationExponent = settings.RestorationExponent,
            RestorationSigmaMin = sampler.RestorationSigmaMin,
            Guidance = settings.Guidance,
            ControlScale = settings.ControlScale,
            Rounding = settings.SigmaRounding,
            AlwaysBothHalves = settings.Mode == NumericsMode.Reference,
        };
    }
}
