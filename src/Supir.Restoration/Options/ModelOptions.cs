using Supir.Engine;
using Supir.Models.UNet;
using Supir.Models.Vae;

namespace Supir.Restoration.Options;

/// <summary>Everything that an options file says: which networks, of which sizes, from which files, with which defaults.</summary>
/// <remarks>Made by <see cref="OptionsFile.Load"/> from the reference's format (options/*.yaml, SUPIR @ bda91af).</remarks>
public sealed record ModelOptions
{
    /// <summary>The full path of the file that this was read from.</summary>
    public required string Path { get; init; }

    /// <summary>What whoever uses this model is to be told each time (<c>notice</c>, ours), or <c>null</c>.</summary>
    public string? Notice { get; init; }

    /// <summary>The sizes of the control network (<c>control_stage_config</c>).</summary>
    public required UNetConfig Control { get; init; }

    /// <summary>The sizes of the UNet with its connectors (<c>network_config</c>).</summary>
    public required UNetConfig UNet { get; init; }

    /// <summary>The sizes of the autoencoder (<c>first_stage_config</c>), with the latent's <c>scale_factor</c>.</summary>
    public required VaeConfig Vae { get; init; }

    /// <summary>The text towers, in the order in which their tokens are concatenated.</summary>
    public required IReadOnlyList<TextEncoderOptions> TextEncoders { get; init; }

    /// <summary>What follows the pooled text in the vector condition, in order.</summary>
    public required IReadOnlyList<SizeEmbedderOptions> SizeEmbedders { get; init; }

    /// <summary>What the network predicts, and the noise levels that the denoiser snaps to (<c>denoiser_config</c>).</summary>
    public required DenoiserOptions Denoiser { get; init; }

    /// <summary>The sampler (<c>sampler_config</c>).</summary>
    public required SamplerOptions Sampler { get; init; }

    /// <summary>The autoencoder's number format on a GPU (<c>ae_dtype</c>), or <c>null</c> if the file does not say.</summary>
    public DType? VaeDType { get; init; }

    /// <summary>The diffusion networks' number format on a GPU (<c>diffusion_dtype</c>), or <c>null</c> if the file does not say.</summary>
    public DType? DiffusionDType { get; init; }

    /// <summary>What is added to every caption (<c>p_p</c>), or <c>null</c> if the file does not say.</summary>
    public string? PositivePrompt { get; init; }

    /// <summary>The text of the unconditional half (<c>n_p</c>), or <c>null</c> if the file does not say.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Where the weights lie.</summary>
    public required CheckpointOptions Checkpoints { get; init; }

    /// <summary>The file's own defaults for a run, by the flag's name (<c>default_setting</c>), as written.</summary>
    public IReadOnlyDictionary<string, string> DefaultSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>What an encoded latent is multiplied by before the diffusion sees it.</summary>
    public double ScaleFactor => Vae.ScaleFactor;
}
