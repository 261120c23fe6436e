using Supir.Engine;

namespace Supir.Models.Llava;

/// <summary>Names and shapes of a language model's weights, for measuring and testing at full size with computed ones.</summary>
/// <param name="Layers">Layers.</param>
/// <param name="Channels">Width of a token.</param>
/// <param name="Hidden">Width within the feed-forward parts.</param>
/// <param name="Vocabulary">Tokens that it knows.</param>
public sealed record LlamaShapes(int Layers, int Channels, int Hidden, int Vocabulary)
{
    private static readonly string[] Projections = ["q_proj", "k_proj", "v_proj", "o_proj"];

    /// <summary>That of LLaVA-1.5-13B.</summary>
    public static LlamaShapes Llava13B { get; } = new(40, 5120, 13824, 32064);

    /// <summary>All weights, by the names below <c>language_model</c>.</summary>
    public IEnumerable<KeyValuePair<string, Shape>> All
    {
        get
        {
            yield return new("model.embed_tokens.weight", new Shape(Vocabulary, Channels));
            yield return new("model.norm.weight", new Shape(Channels));
            yield return new("lm_head.weight", new Shape(Vocabulary, Channels));
            for (int layer = 0; layer < Layers; layer++)
            {
                string name = $"model.layers.{layer}";
                foreach (string projection in Projections)
                {
                    yield return new($"{name}.self_attn.{projection}.weight", new Shape(Channels, Channels));
                }

                yield return new($"{name}.mlp.gate_proj.weight", new Shape(Hidden, Channels));
                yield return new($"{name}.mlp.up_proj.weight", new Shape(Hidden, Channels));
                yield return new($"{name}.mlp.down_proj.weight", new Shape(Channels, Hidden));
                yield return new($"{name}.input_layernorm.weight", new Shape(Channels));
                yield return new($"{name}.post_attention_layernorm.weight", new Shape(Channels));
            }
        }
    }
}
