using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Models.TextEncoders;

/// <summary>Both text towers in one graph: from token ids to what the diffusion is told.</summary>
/// <remarks>Source: <c>GeneralConditionerWithControl</c> with the embedders of options/SUPIR_v0.yaml, <c>ConcatTimestepEmbedderND</c>
/// in sgm/modules/encoders/modules.py (SUPIR @ bda91af).</remarks>
public sealed class TextConditioner
{
    /// <summary>Input: the first tower's ids, padded with the end token, [N, tokens, 1, 1].</summary>
    public const string FirstIds = "ids.0";

    /// <summary>Input: the second tower's ids, padded with 0, [N, tokens, 1, 1].</summary>
    public const string SecondIds = "ids.1";

    /// <summary>Input: the position of the end token among the second tower's ids, [N, 1, 1, 1].</summary>
    public const string End = "end";

    /// <summary>Input: the picture's sizes as SDXL is told them, [N, 1, 6, 1]; <see cref="DefaultSizes"/> for each text.</summary>
    public const string Sizes = "sizes";

    /// <summary>Output: the tokens of both towers side by side, [N, tokens, 1, first + second].</summary>
    public const string Context = "crossattn";

    /// <summary>Output: the pooled text, then the sizes' embeddings, [N, 1, 1, pooled + 6 · 256].</summary>
    public const string Vector = "vector";

    /// <summary>Width of the embedding of each size (<c>outdim</c>).</summary>
    private const int SizeChannels = 256;

    private const string FirstTower = "conditioner.embedders.0.transformer.text_model";
    private const string SecondTower = "conditioner.embedders.1.model";

    private readonly ClipTextEncoder _first;
    private readonly OpenClipTextEncoder _second;

    /// <summary>Reads both towers.</summary>
    /// <param name="weights">The reader of the whole checkpoint; the names lie under <c>conditioner.embedders</c>.</param>
    /// <param name="firstHiddenState">The first tower's hidden state (<c>layer_idx</c>): 11 of 12 for SDXL, 1 of 2 for the mini model.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public TextConditioner(WeightReader weights, int firstHiddenState)
    {
        _first = new ClipTextEncoder(weights.Under(FirstTower), firstHiddenState);
        _second = new OpenClipTextEncoder(weights.Under(SecondTower));
        UnusedWeights =
        [
            // The numbers 0 to 76, which are how positions are counted anyway.
            $"{FirstTower}.embeddings.position_ids",

            // What comes behind the hidden state that is asked for.
            .. Enumerable.Range(firstHiddenState, _first.UnusedLayers).Select(layer => $"{FirstTower}.encoder.layers.{layer}"),
            $"{FirstTower}.final_layer_norm",

            // The temperature of the towers' contrastive training.
            $"{SecondTower}.logit_scale",
        ];
    }

    /// <summary>Names, or prefixes of names, in a checkpoint of these towers that nothing reads.</summary>
    public IReadOnlyList<string> UnusedWeights { get; }

    /// <summary>What SUPIR tells SDXL whatever the picture: original height and width, crop's top and left, target height and width.</summary>
    /// <remarks>Source: SUPIR/models/SUPIR_model.py, <c>prepare_condition</c> (SUPIR @ bda91af).</remarks>
    public static IReadOnlyList<float> DefaultSizes { get; } = [1024, 1024, 0, 0, 1024, 1024];

    /// <summary>Width of <see cref="Context"/>.</summary>
    public int ContextChannels => _first.Channels + _second.Channels;

    /// <summary>Width of <see cref="Vector"/>.</summary>
    public int VectorChannels => _second.PooledChannels + (DefaultSizes.Count * SizeChannels);

    /// <summary>A graph of both towers.</summary>
    /// <param name="batch">Texts at a time.</param>
    /// <param name="tokens">Tokens of a text: 77 for CLIP.</param>
    public Graph Describe(int batch, int tokens)
    {
        Graph g = new();
        Value firstIds = g.Input(FirstIds, new Shape(batch, tokens, 1, 1));
        Value secondIds = g.Input(SecondIds, new Shape(batch, tokens, 1, 1));
        Value end = g.Input(End, new Shape(batch, 1, 1, 1));
        Value sizes = g.Input(Sizes, new Shape(batch, 1, DefaultSizes.Count, 1));

        Value first = _first.Forward(g, firstIds);
        (Value second, Value pooled) = _second.Forward(g, secondIds, end);
        g.Output(Context, g.Concat(first, second));
        g.Output(Vector, g.Concat(pooled, g.TimestepEmbedding(sizes, SizeChannels)));
        return g;
    }
}
