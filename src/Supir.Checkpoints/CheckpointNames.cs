namespace Supir.Checkpoints;

/// <summary>The one name that a weight has here, whatever the file that holds it calls it.</summary>
/// <remarks>The names are those of sd_xl_base_1.0 and of the SUPIR-v0Q checkpoint saved from the reference's whole model. Pruned and converted
/// files leave outer prefixes out; keys that only training used are left out here.</remarks>
public static class CheckpointNames
{
    /// <summary>A mask of the low-quality input that no released network reads; it is in the published SUPIR files.</summary>
    private const string TrainingOnlyName = "model.control_model.mask_LQ";

    /// <summary>What names can begin with in files that leave outer prefixes out, and what stands before it in full.</summary>
    private static readonly (string Start, string Prefix)[] Shortened =
    [
        ("control_model.", "model."),
        ("diffusion_model.", "model."),
        ("project_modules.", "model.diffusion_model."),
        ("denoise_encoder.", "first_stage_model."),
        // Files with the autoencoder alone. Only its own children: text encoders have names that begin with 'encoder.', too.
        ("encoder.conv_", "first_stage_model."),
        ("encoder.down.", "first_stage_model."),
        ("encoder.mid.", "first_stage_model."),
        ("encoder.norm_out.", "first_stage_model."),
        ("decoder.conv_", "first_stage_model."),
        ("decoder.up.", "first_stage_model."),
        ("decoder.mid.", "first_stage_model."),
        ("decoder.norm_out.", "first_stage_model."),
        ("quant_conv.", "first_stage_model."),
        ("post_quant_conv.", "first_stage_model."),
    ];

    /// <summary>What torch puts before every name of a model that was trained on several devices or compiled.</summary>
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>The full name of a weight, or <c>null</c> where only training needed it. Full names stay what they are.</summary>
    public static string? Normalise(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = WithoutWrapper(name);
        string full = name;
        foreach ((string start, string prefix) in Shortened)
        {
            if (name.StartsWith(start, StringComparison.Ordinal))
            {
                full = prefix + name;
                break;
            }
        }

        return full == TrainingOnlyName ? null : full;
    }

    /// <summary>A name without what training wrapped around its model.</summary>
    internal static string WithoutWrapper(string name)
    {
        foreach (string wrapper in Wrappers)
        {
            name = name.StartsWith(wrapper, StringComparison.Ordinal) ? name[wrapper.Length..] : name;
        }

        return name;
    }
}
