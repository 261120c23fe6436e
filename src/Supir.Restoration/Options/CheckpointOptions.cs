namespace Supir.Restoration.Options;

/// <summary>Which of the two published SUPIR checkpoints (<c>--SUPIR_sign</c>).</summary>
public enum SupirVariant
{
    /// <summary><c>Q</c>: trained for strong degradation; general, more detail.</summary>
    Quality,

    /// <summary><c>F</c>: trained for light degradation; keeps more of the input.</summary>
    Fidelity,
}

/// <summary>Where the weights lie: full paths, or <c>null</c> where the options file says <c>~</c> or nothing.</summary>
/// <param name="Sdxl">The SDXL base checkpoint (<c>SDXL_CKPT</c>).</param>
/// <param name="Supir">A SUPIR checkpoint that is always read (<c>SUPIR_CKPT</c>).</param>
/// <param name="Quality">The checkpoint of <see cref="SupirVariant.Quality"/> (<c>SUPIR_CKPT_Q</c>).</param>
/// <param name="Fidelity">The checkpoint of <see cref="SupirVariant.Fidelity"/> (<c>SUPIR_CKPT_F</c>).</param>
public sealed record CheckpointOptions(string? Sdxl, string? Supir, string? Quality, string? Fidelity)
{
    /// <summary>SDXL's first text encoder on its own, a Hugging Face CLIP folder or file (<c>SDXL_CLIP1_PATH</c>).</summary>
    public TextEncoderPath? Clip { get; init; }

    /// <summary>SDXL's second text encoder on its own, OpenCLIP's .bin or a folder with it (<c>SDXL_CLIP2_CKPT_PTH</c>).</summary>
    public TextEncoderPath? OpenClip { get; init; }

    /// <summary>The folder of the captioning model (<c>LLAVA_MODEL_PATH</c>).</summary>
    public string? LlavaModel { get; init; }

    /// <summary>The folder of the captioning model's picture encoder (<c>LLAVA_CLIP_PATH</c>).</summary>
    public string? LlavaClip { get; init; }

    /// <summary>LoRAs to apply to all these weights, in order (<c>LORA</c> and <c>--lora</c>, ours).</summary>
    public IReadOnlyList<LoraFile> Loras { get; init; } = [];

    /// <summary>Whether weights in single precision are read in half (<c>--loading_half_params</c>).</summary>
    public bool HalfParameters { get; init; }

    /// <summary>The files to read for a variant, in order: a later one's weights replace an earlier one's of the same name.</summary>
    /// <exception cref="OptionException">The options file names no file at all.</exception>
    public IReadOnlyList<string> For(SupirVariant variant)
    {
        string? chosen = variant == SupirVariant.Fidelity ? Fidelity : Quality;
        List<string> files = [];
        foreach (string? file in new[] { Sdxl, Supir, chosen })
        {
            if (file is not null)
            {
                files.Add(file);
            }
        }

        if (files.Count == 0)
        {
            throw new OptionException(
                "No checkpoint is named: set SDXL_CKPT and SUPIR_CKPT_Q (or SUPIR_CKPT) in the options file, in a checkpoints.yaml beside it, or as flags.");
        }

        return files;
    }
}

/// <summary>Where a text encoder lies on its own.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Replaces">Whether it replaces a text encoder that the checkpoints hold; else it is read only where they hold none, as in
/// the reference, where the base checkpoint's weights win.</param>
public sealed record TextEncoderPath(string Path, bool Replaces);
