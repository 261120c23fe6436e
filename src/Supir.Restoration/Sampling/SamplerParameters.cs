using Supir.Restoration.Guidance;
using Supir.Restoration.Options;

namespace Supir.Restoration.Sampling;

/// <summary>The numbers that steer a sampler; each sampler says which of them it reads.</summary>
public sealed record SamplerParameters
{
    /// <summary>S_churn: noise put back over all steps.</summary>
    public double Churn { get; init; }

    /// <summary>S_noise: factor on the noise that is put back.</summary>
    public double NoiseMultiplier { get; init; } = 1;

    /// <summary>S_tmin: no churn below this σ.</summary>
    public double ChurnSigmaMin { get; init; }

    /// <summary>S_tmax: no churn above this σ.</summary>
    public double ChurnSigmaMax { get; init; } = double.PositiveInfinity;

    /// <summary>Power of σ / σ_max in the pull towards the stage-1 latent; <c>null</c> for no pull.</summary>
    public double? RestorationExponent { get; init; }

    /// <summary>No pull in a step that ends at this σ or below.</summary>
    public double RestorationSigmaMin { get; init; } = 0.05;

    /// <summary>η of the ancestral and the DPM++ samplers: how much of the removed noise is put back, 0 for none.</summary>
    public double Eta { get; init; } = 1;

    /// <summary>Whether the first step of DPM++ puts noise back too. The reference does not, although it removes as much as if it did;
    /// k-diffusion does.</summary>
    public bool NoiseInFirstStep { get; init; }

    /// <summary>How many derivatives the linear multistep method reads at most.</summary>
    public int Order { get; init; } = 4;

    /// <summary>How strongly the captions steer.</summary>
    public required LinearGuidance Guidance { get; init; }

    /// <summary>How strongly the low-quality picture steers.</summary>
    public required LinearControlScale ControlScale { get; init; }

    /// <summary>Whether numbers made from σ are rounded.</summary>
    public SigmaRounding Rounding { get; init; }

    /// <summary>Whether the unconditional half is computed even where a guidance scale of exactly 1 makes it vanish: the reference's
    /// arithmetic, to the last bit, at twice the cost.</summary>
    public bool AlwaysBothHalves { get; init; }

    /// <summary>Whether any step may ask for the unconditional half.</summary>
    public bool NeedsUnconditional => AlwaysBothHalves || Guidance is not { AtNoNoise: 1, AtMostNoise: 1 };

    /// <summary>The parameters of a run.</summary>
    public static SamplerParameters Of(RestorationSettings settings, SamplerOptions sampler)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(sampler);
        bool isReference = settings.Mode == NumericsMode.Reference;

        // The reference's DPM++ samplers never hear of a control scale that changes.
        bool keepsControlScale = isReference && sampler.Kind is SamplerKind.RestoreDpmpp2M or SamplerKind.TiledRestoreDpmpp2M;
        return new SamplerParameters
        {
            Churn = settings.Churn,
            NoiseMultiplier = settings.NoiseMultiplier,
            ChurnSigmaMin = sampler.ChurnSigmaMin,
            ChurnSigmaMax = sampler.ChurnSigmaMax,
            RestorationExponent = settings.RestorationExponent,
            RestorationSigmaMin = sampler.RestorationSigmaMin,
            Eta = sampler.Eta,
            NoiseInFirstStep = !isReference,
            Order = sampler.Order,
            Guidance = sampler.Guider switch
            {
                GuiderKind.Identity => new LinearGuidance(1, 1),
                GuiderKind.Vanilla => new LinearGuidance(settings.Guidance.AtNoNoise, settings.Guidance.AtNoNoise),
                _ => settings.Guidance,
            },
            ControlScale = keepsControlScale
                ? new LinearControlScale(settings.ControlScale.AtNoNoise, settings.ControlScale.AtNoNoise)
                : settings.ControlScale,
            Rounding = settings.SigmaRounding,
            AlwaysBothHalves = isReference && sampler.Guider != GuiderKind.Identity,
        };
    }
}
