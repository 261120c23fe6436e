using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;
using Supir.Models.Layers;
using Supir.Models.TextEncoders;

namespace Supir.Models.Llava;

/// <summary>CLIP's vision transformer up to its last but one layer: a picture becomes tokens, one for each patch and one for the whole.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020. The sizes are read off the weights. The last layer and the norm behind it are not read:
/// LLaVA takes what the last but one gives (<c>mm_vision_select_layer</c> −2).</remarks>
internal sealed class ClipVisionTower
{
    private readonly Weight _classToken;
    private readonly LinearWeights _patches;
    private readonly Weight _positions;
    private readonly LayerNorm _norm;
    private readonly ClipTransformerBlock[] _layers;

    /// <summary>Reads <c>embeddings</c>, <c>pre_layrnorm</c> (so spelt) and all but the last of <c>encoder.layers</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ClipVisionTower(WeightReader weights, LlavaConfig config)
    {
        _positions = TextTower.ReadMatrix(weights, "embeddings.position_embedding.weight");
        Channels = _positions.Shape[1];
        Tokens = _positions.Shape[0];
        _classToken = weights.Read("embeddings.class_embedding", new Shape(Channels));
        const string Patch = "embeddings.patch_embedding.weight";
        PatchSize = weights.ShapeOf(Patch) is { Rank: 4 } shape ? shape[2] : 0;
        _patches = new LinearWeights(weights.Read(Patch, new Shape(Channels, 3, PatchSize, PatchSize)));
        Side = (int)Math.Sqrt(Tokens - 1);
        if (Side * Side != Tokens - 1)
        {
            throw new CheckpointException($"{weights.FullNameOf("embeddings.position_embedding.weight")} has {Tokens} rows: one for the picture and the rest do not make a square.");
        }

        _norm = new LayerNorm(weights.Under("pre_layrnorm"), Channels);
        int layers = TextTower.Layers(weights, "encoder.layers", "layer_norm1.weight");
        _layers = new ClipTransformerBlock[Math.Max(0, layers - 1)];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = ClipTransformerBlock.OfVisionTower(weights.Under($"encoder.layers.{i}"), Channels, config.VisionHeadsOf(Channels));
        }

        UnusedWeights = [$"encoder.layers.{layers - 1}", "post_layernorm"];
    }

    /// <summary>Names below the tower's that nothing reads.</summary>
    public IReadOnlyList<string> UnusedWeights { get; }

    /// <summary>Width of a token.</summary>
    public int Channels { get; }

    /// <summary>Tokens: one for the whole picture, then one for each patch, row by row.</summary>
    public int Tokens { get; }

    /// <summary>Pixels of a patch's side.</summary>
    public int PatchSize { get; }

    /// <summary>Patches of a picture's side.</summary>
    public int Side { get; }

    /// <summary>Describes the tower.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="patches">The patches one below the other, after one of zeros in the place of the whole picture: [1, tokens · patch, patch, 3].</param>
    /// <param name="kinds">0 for the whole picture, 1 for a patch: [1, tokens, 1, 1].</param>
    /// <returns>[1, tokens, 1, channels].</returns>
    public Value Forward(Graph g, Value patches, Value kinds)
    {
        // The patch of zeros gives zeros, and the other token's row of this table nothing but its place.
        float[] table = new float[2 * Channels];
        _classToken.ToFloats().CopyTo(table, 0);
        Weight tokenOfKind = Weight.FromFloats(_classToken.Name, new Shape(2, Channels), table);
        Value h = g.Conv2d(patches, _patches, new Conv2dOptions(PatchSize, 0, 0, 0, 0)); // [1, tokens, 1, channels]
        h = _norm.Forward(g, g.Add(h, g.Gather(kinds, tokenOfKind, _positions)));
        foreach (ClipTransformerBlock layer in _layers)
        {
            h = layer.Forward(g, h);
        }

        return h;
    }
}
