namespace Supir.Restoration;

/// <summary>A part of a restoration, in the order in which they run.</summary>
public enum RestorationStage
{
    /// <summary>The caption and the prompts become conditions.</summary>
    Text,

    /// <summary>The picture becomes a latent, by the encoder that ignores degradation.</summary>
    Encode,

    /// <summary>The latent becomes the clean picture of stage 1, and that a latent again: the centre of the sampling.</summary>
    Stage1,

    /// <summary>The diffusion paints the detail.</summary>
    Sample,

    /// <summary>The latent becomes a picture.</summary>
    Decode,

    /// <summary>Colours are drawn back and the picture gets its size.</summary>
    Finish,
}
