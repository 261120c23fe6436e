using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.Layers;

namespace Supir.Models.TextEncoders;

/// <summary>SDXL's second text tower, OpenCLIP ViT-bigG/14: its last but one hidden state and its pooled text.</summary>
/// <remarks>The sizes are read off the checkpoint. Source: <c>FrozenOpenCLIPEmbedder2</c> with <c>layer: penultimate</c> in
/// sgm/modules/encoders/modules.py (SUPIR @ bda91af).</remarks>
public sealed class OpenClipTextEncoder
{
    private readonly Weight _tokens;
    private readonly Weight _positions;
    private readonly ClipTransformerBlock[] _layers;
    private readonly LayerNorm _lastNorm;
    private readonly Linear _projection;

    /// <summary>Reads the whole tower.</summary>
    /// <param name="weights">Where it lies: <c>conditioner.embedders.1.model</c>.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape, or there is no layer at all.</exception>
    public OpenClipTextEncoder(WeightReader weights)
    {
        const string layers = "transformer.resblocks";
        _tokens = TextTower.ReadMatrix(weights, "token_embedding.weight");
        _positions = TextTower.ReadMatrix(weights, "positional_embedding");
        int channels = _tokens.Shape[1];

        // A tower has at least one layer: where it has none, reading the first names what is missing.
        _layers = new ClipTransformerBlock[Math.Max(1, TextTower.Layers(weights, layers, "ln_1.weight"))];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = ClipTransformerBlock.OfOpenClip(weights.Under($"{layers}.{i}"), channels);
        }

        _lastNorm = new LayerNorm(weights.Under("ln_final"), channels);
        Weight projection = TextTower.ReadMatrix(weights, "text_projection");
        _projection = new Linear(new LinearWeights(projection, isTransposed: true));
        Channels = channels;
        PooledChannels = projection.Shape[1];
    }

    /// <summary>Width of a token.</summary>
    public int Channels { get; }

    /// <summary>Width of the pooled text.</summary>
    public int PooledChannels { get; }

    /// <summary>Describes the tower.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="ids">[N, tokens, 1, 1].</param>
    /// <param name="end">The position of each text's end token, which is its largest id: [N, 1, 1, 1].</param>
    /// <returns>What the last but one layer gives, without a norm, [N, tokens, 1, channels]; and the last layer's row at the end token,
    /// normalised and projected, [N, 1, 1, pooled].</returns>
    public (Value Penultimate, Value Pooled) Forward(Graph g, Value ids, Value end)
    {
        Value h = g.Gather(ids, _tokens, _positions);
        foreach (ClipTransformerBlock layer in _layers.AsSpan(..^1))
        {
            h = layer.Forward(g, h);
        }

        // The norm works on rows: one row of it is the norm of one row.
        Value last = g.SelectRow(_layers[^1].Forward(g, h), end);
        return (h, _projection.Forward(g, _lastNorm.Forward(g, last)));
    }
}
