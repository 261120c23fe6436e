using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.TextEncoders;

namespace Supir.Models.Llava;

/// <summary>The language model: from tokens to how likely each token is the next.</summary>
/// <remarks>A prompt is described as a whole; after it one token at a time, in a graph of its own that goes on where the states of the
/// first one end. Both share every weight.</remarks>
public sealed class LlamaDecoder
{
    /// <summary>Input: the tokens' embeddings, [1, tokens, 1, channels].</summary>
    public const string Embeddings = "embeddings";

    /// <summary>Input: the place of the first token, [1, 1, 1, 1].</summary>
    public const string Position = "position";

    /// <summary>Input of a prompt: after which of its tokens the next one is asked for, [1, 1, 1, 1].</summary>
    public const string Asked = "asked";

    /// <summary>Output: the logarithm of how likely each token is the next, but for a constant; [1, 1, 1, vocabulary].</summary>
    public const string Logits = "logits";

    private readonly Weight _table;
    private readonly LlamaLayer[] _layers;
    private readonly Weight _norm;
    private readonly LinearWeights _head;
    private readonly LlavaConfig _config;

    /// <summary>Reads <c>model.embed_tokens</c>, <c>model.layers</c>, <c>model.norm</c> and <c>lm_head</c>.</summary>
    /// <param name="weights">Where the language model lies.</param>
    /// <param name="positions">The most tokens, prompt and answer together.</param>
    /// <param name="config">Heads, and how weights are kept.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public LlamaDecoder(WeightReader weights, int positions, LlavaConfig config)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        Positions = positions;
        _table = TextTower.ReadMatrix(weights, "model.embed_tokens.weight");
        Channels = _table.Shape[1];
        _layers = new LlamaLayer[Math.Max(1, TextTower.Layers(weights, "model.layers", "input_layernorm.weight"))];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new LlamaLayer(weights.Under($"model.layers.{i}"), Channels, positions, config);
        }

        _norm = weights.Read("model.norm.weight", new Shape(Channels));
        Vocabulary = TextTower.ShapeOfMatrix(weights, "lm_head.weight")[0];
        Weight head = weights.Read("lm_head.weight", new Shape(Vocabulary, Channels));

        // What comes out of the network bears less rounding than what lies within.
        WeightPrecision ofHead = config.PrecisionOf([head]);
        _head = new LinearWeights(head) { Precision = ofHead == WeightPrecision.FourBit ? WeightPrecision.EightBit : ofHead };
    }

    /// <summary>Width of a token.</summary>
    public int Channels { get; }

    /// <summary>Tokens that the model knows.</summary>
    public int Vocabulary { get; }

    /// <summary>The most tokens, prompt and answer together.</summary>
    public int Positions { get; }

    /// <summary>In how many bits the layers' matrices are kept.</summary>
    public WeightPrecision Precision => _layers[0].Precision;

    /// <summary>Layers.</summary>
    public int Layers => _layers.Length;

    /// <summary>Bytes of the table of embeddings, which is read where it is stored.</summary>
    public long TableBytes => _table.ByteCount;

    /// <summary>Describes the reading of a prompt, which begins at place 0.</summary>
    /// <param name="tokens">Its length.</param>
    public Graph DescribePrompt(int tokens)
    {
        Graph g = new();
        Value h = g.Input(Embeddings, new Shape(1, tokens, 1, Channels));
        Value position = g.Input(Position, new Shape(1, 1, 1, 1));
        foreach (LlamaLayer layer in _layers)
        {
            h = layer.Forward(g, h, position, isFirst: true);
        }

        g.Output(Logits, Head(g, g.SelectRow(h, g.Input(Asked, new Shape(1, 1, 1, 1)))));
        return g;
    }

    /// <summary>Describes one further token.</summary>
    public Graph DescribeStep()
    {
        Graph g = new();
        Value h = g.Input(Embeddings, new Shape(1, 1, 1, Channels));
        Value position = g.Input(Position, new Shape(1, 1, 1, 1));
        foreach (LlamaLayer layer in _layers)
        {
            h = layer.Forward(g, h, position, isFirst: false);
        }

        g.Output(Logits, Head(g, h));
        return g;
    }

    /// <summary>Writes the embeddings of tokens, row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model does not know a token.</exception>
    public void Embed(IReadOnlyList<int> ids, Span<float> rows)
    {
        ArgumentNullException.ThrowIfNull(ids);
        for (int i = 0; i < ids.Count; i++)
        {
            _table.ReadRow(ids[i], rows.Slice(i * Channels, Channels));
        }
    }

    private Value Head(Graph g, Value h) => g.Linear(g.RmsNorm(h, _norm, _config.NormEpsilon), _head);
}
