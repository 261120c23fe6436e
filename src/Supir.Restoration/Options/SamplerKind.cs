namespace Supir.Restoration.Options;

/// <summary>The samplers that an options file can name.</summary>
/// <remarks>Source: sgm/modules/diffusionmodules/sampling.py (SUPIR @ bda91af).</remarks>
public enum SamplerKind
{
    /// <summary><c>RestoreEDMSampler</c>: Euler steps with churn and a pull towards the stage-1 latent.</summary>
    RestoreEdm,

    /// <summary><c>TiledRestoreEDMSampler</c>: the same, over overlapping tiles of the latent.</summary>
    TiledRestoreEdm,

    /// <summary><c>RestoreDPMPP2MSampler</c>: second-order multistep steps with noise, for few steps.</summary>
    RestoreDpmpp2M,

    /// <summary><c>TiledRestoreDPMPP2MSampler</c>: the same, over overlapping tiles of the latent.</summary>
    TiledRestoreDpmpp2M,
}
