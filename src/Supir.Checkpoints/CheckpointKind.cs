namespace Supir.Checkpoints;

/// <summary>Which model a checkpoint holds.</summary>
public enum CheckpointKind
{
    /// <summary>None that this program knows.</summary>
    Unknown,

    /// <summary>SDXL base: UNet, and in its single file autoencoder and text encoders, too.</summary>
    SdxlBase,

    /// <summary>SUPIR's additions: control network and connectors, for use over SDXL base.</summary>
    Supir,

    /// <summary>SDXL base and SUPIR's additions together.</summary>
    SdxlWithSupir,

    /// <summary>SUPIR's whole architecture at the small size of the embedded checkpoint.</summary>
    SupirMini,

    /// <summary>SUPIR's additions at that small size, for use over a base of it.</summary>
    SupirMiniAdditions,

    /// <summary>An autoencoder alone.</summary>
    Vae,

    /// <summary>Text encoders alone.</summary>
    TextEncoder,

    /// <summary>LLaVA-1.5, which describes pictures, or parts of it.</summary>
    Llava,

    /// <summary>A LoRA: low-rank changes to the weights of a model, for use over it.</summary>
    Lora,
}
