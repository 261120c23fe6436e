using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.Layers;

namespace Supir.Models.TextEncoders;

/// <summary>SDXL's first text tower, OpenAI's CLIP ViT-L/14, up to a hidden state.</summary>
/// <remarks>The sizes are read off the checkpoint. The layers behind the hidden state and the last norm are not read: nothing asks for
/// them. Source: <c>FrozenCLIPEmbedder</c> in sgm/modules/encoders/modules.py (SUPIR @ bda91af).</remarks>
public sealed class ClipTextEncoder
{
    private readonly Weight _tokens;
    private readonly Weight _positions;
    private readonly ClipTransformerBlock[] _layers;

    /// <summary>Reads <c>embeddings</c> and the first <paramref name="hiddenState"/> of <c>encoder.layers</c>.</summary>
    /// <param name="weights">Where the tower lies: <c>conditioner.embedders.0.transformer.text_model</c>.</param>
    /// <param name="hiddenState">Which hidden state is asked for (<c>layer_idx</c>): 0 for the embeddings, n for what layer n gives.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape, or there are fewer layers.</exception>
    public ClipTextEncoder(WeightReader weights, int hiddenState)
    {
        _tokens = TextTower.ReadMatrix(weights, "embeddings.token_embedding.weight");
        _positions = TextTower.ReadMatrix(weights, "embeddings.position_embedding.weight");
        Channels = _tokens.Shape[1];

        _layers = new ClipTransformerBlock[hiddenState];
        for (int i = 0; i < hiddenState; i++)
        {
            _layers[i] = ClipTransformerBlock.OfHuggingFace(weights.Under($"encoder.layers.{i}"), Channels);
        }

        UnusedLayers = TextTower.Layers(weights, "encoder.layers", "layer_norm1.weight") - hiddenState;
    }

    /// <summary>How many layers of the checkpoint lie behind the hidden state.</summary>
    public int UnusedLayers { get; }

    /// <summary>Width of a token.</summary>
    public int Channels { get; }

    /// <summary>Describes the tower: ids [N, tokens, 1, 1] → [N, tokens, 1, channels], without a last norm.</summary>
    public Value Forward(Graph g, Value ids)
    {
        Value h = g.Gather(ids, _tokens, _positions);
        foreach (ClipTransformerBlock layer in _layers)
        {
            h = layer.Forward(g, h);
        }

        return h;
    }
}
