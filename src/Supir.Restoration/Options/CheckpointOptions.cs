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
            throw new OptionException("The options file names no checkpoint: set SDXL_CKPT and SUPIR_CKPT_Q (or SUPIR_CKPT) to the files.");
        }

        return files;
    }
}
