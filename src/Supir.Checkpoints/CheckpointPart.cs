namespace Supir.Checkpoints;

/// <summary>The networks that a restoration runs.</summary>
public enum CheckpointPart
{
    /// <summary>SDXL's diffusion UNet.</summary>
    UNet,

    /// <summary>SUPIR's connectors, through which the UNet takes up the control features.</summary>
    Connectors,

    /// <summary>SUPIR's control network, which sees the low-quality picture.</summary>
    Control,

    /// <summary>The autoencoder's encoder.</summary>
    VaeEncoder,

    /// <summary>The autoencoder's decoder.</summary>
    VaeDecoder,

    /// <summary>SUPIR's encoder that was trained to ignore degradation.</summary>
    DenoiseEncoder,

    /// <summary>SDXL's first text encoder, CLIP ViT-L.</summary>
    FirstTextEncoder,

    /// <summary>SDXL's second text encoder, OpenCLIP ViT-bigG.</summary>
    SecondTextEncoder,
}

/// <summary>Facts about the parts.</summary>
public static class CheckpointPartFacts
{
    extension(CheckpointPart part)
    {
        /// <summary>What the full names of the part's weights begin with.</summary>
        public string Prefix => part switch
        {
            CheckpointPart.UNet => "model.diffusion_model",
            CheckpointPart.Connectors => "model.diffusion_model.project_modules",
            CheckpointPart.Control => "model.control_model",
            CheckpointPart.VaeEncoder => "first_stage_model.encoder",
            CheckpointPart.VaeDecoder => "first_stage_model.decoder",
            CheckpointPart.DenoiseEncoder => "first_stage_model.denoise_encoder",
            CheckpointPart.FirstTextEncoder => "conditioner.embedders.0",
            CheckpointPart.SecondTextEncoder => "conditioner.embedders.1",
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No such part."),
        };

        /// <summary>The part in words.</summary>
        public string Description => part switch
        {
            CheckpointPart.UNet => "diffusion UNet",
            CheckpointPart.Connectors => "SUPIR connectors",
            CheckpointPart.Control => "SUPIR control network",
            CheckpointPart.VaeEncoder => "VAE encoder",
            CheckpointPart.VaeDecoder => "VAE decoder",
            CheckpointPart.DenoiseEncoder => "SUPIR denoising encoder",
            CheckpointPart.FirstTextEncoder => "first text encoder",
            CheckpointPart.SecondTextEncoder => "second text encoder",
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No such part."),
        };
    }
}
