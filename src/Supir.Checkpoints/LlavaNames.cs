namespace Supir.Checkpoints;

/// <summary>The one name that a weight of LLaVA has here: that of the first llava-1.5 files of Hugging Face.</summary>
/// <remarks>Their newer files, the original repository's, and OpenAI's CLIP, which the original keeps apart, have other prefixes.</remarks>
public static class LlavaNames
{
    /// <summary>What names begin with elsewhere and here; the first that fits counts. <c>null</c>: not read here.</summary>
    private static readonly (string There, string? Here)[] Prefixes =
    [
        ("model.vision_tower.vision_tower.", "vision_tower."),
        ("model.vision_tower.", "vision_tower."),
        ("vision_model.", "vision_tower.vision_model."),
        ("model.multi_modal_projector.", "multi_modal_projector."),
        ("model.mm_projector.0.", "multi_modal_projector.linear_1."),
        ("model.mm_projector.2.", "multi_modal_projector.linear_2."),
        ("model.language_model.", "language_model.model."),
        ("lm_head.", "language_model.lm_head."),
        ("model.", "language_model.model."),

        // The other half of OpenAI's CLIP.
        ("text_model.", null),
        ("text_projection.", null),
        ("visual_projection.", null),
        ("logit_scale", null),
    ];

    /// <summary>Ends of names of tables that follow from the sizes.</summary>
    private static readonly string[] Computed = [".rotary_emb.inv_freq", ".position_ids"];

    /// <summary>The name here of a name in a file, or <c>null</c> where nothing reads it.</summary>
    public static string? Normalise(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Array.Exists(Computed, end => name.EndsWith(end, StringComparison.Ordinal)))
        {
            return null;
        }

        foreach ((string there, string? here) in Prefixes)
        {
            if (name.StartsWith(there, StringComparison.Ordinal))
            {
                return here is null ? null : here + name[there.Length..];
            }
        }

        return name;
    }
}
