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

    /// <summary>An autoencoder alone.</summary>
    Vae,

    /// <summary>Text encoders alone.</summary>
    TextEncoder,

    /// <summary>A LoRA: low-rank changes to the weights of a model, for use over it.</summary>
    Lora,
}
