namespace Supir.Restoration.Sampling;

/// <summary>The noise level that schedules over σ are stretched to.</summary>
public static class NoiseLevels
{
    /// <summary>σ of the last training step of SDXL; written out as 14.6146 in sgm/modules/diffusionmodules/sampling.py and
    /// guiders.py, whatever the schedule.</summary>
    public const double SigmaMax = 14.6146;

    /// <summary>The same in single precision, for arithmetic that the reference does on tensors.</summary>
    public const float SdxlSigmaMax = (float)SigmaMax;
}
