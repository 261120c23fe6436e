using Supir.Checkpoints.Conversion;
using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>Which LLaVA-1.5 a source holds, and which of its parts.</summary>
/// <param name="Title">The model in words.</param>
/// <param name="Present">Its parts that are there, in words.</param>
/// <param name="Missing">Its parts that are lacking: the original repository keeps the vision tower apart.</param>
internal sealed record LlavaInspection(string Title, IReadOnlyList<string> Present, IReadOnlyList<string> Missing)
{
    private const string Embeddings = "language_model.model.embed_tokens.weight";

    /// <summary>Parts, and what the names of their weights begin with.</summary>
    private static readonly (string Words, string Prefix)[] Parts =
    [
        ("vision tower", "vision_tower"),
        ("projector", "multi_modal_projector"),
        ("language model", "language_model.model"),
        ("language model's head", "language_model.lm_head"),
    ];

    /// <summary>Looks at a source; <c>null</c> where it holds none: a language model without a projector could be any.</summary>
    public static LlavaInspection? Of(IWeightSource source)
    {
        Dictionary<string, WeightInfo> weights = [];
        foreach (WeightInfo info in source.Tensors.Values)
        {
            if (LlavaNames.Normalise(info.Name) is string name)
            {
                weights[name] = info;
            }
        }

        bool Has(string prefix) => weights.Keys.Any(name => WeightReader.IsUnder(name, prefix));
        if (!Has("multi_modal_projector") || !Has("language_model.model"))
        {
            return null;
        }

        long channels = weights.TryGetValue(Embeddings, out WeightInfo? table) && table.Lengths.Count == 2 ? table.Lengths[1] : 0;
        string size = channels switch
        {
            4096 => "LLaVA-1.5-7B",
            5120 => "LLaVA-1.5-13B",
            0 => "a LLaVA-1.5",
            _ => FormattableString.Invariant($"a LLaVA-1.5 of {channels} channels"),
        };
        DType[] types = [.. source.Tensors.Values.Where(LlavaQuantisation.IsRounded).Select(info => info.Type).Distinct()];
        string bits = types.Contains(DType.Int4) ? " in 4 bits" : types.Contains(DType.Int8) ? " in 8 bits" : "";
        ILookup<bool, string> parts = Parts.ToLookup(part => Has(part.Prefix), part => part.Words);
        return new LlavaInspection($"{size}{bits}, for captions", [.. parts[true]], [.. parts[false]]);
    }
}
