using Supir.Checkpoints;
using Supir.Engine.Graphs;

namespace Supir.Models.Layers;

/// <summary>Transformer blocks over the positions of an image, around a shortcut.</summary>
/// <remarks>The reference turns the image into tokens and back; here both are the same rows.
/// Source: <c>SpatialTransformer</c> with <c>use_linear</c> in sgm/modules/attention.py (SUPIR @ bda91af).</remarks>
public sealed class SpatialTransformer
{
    private readonly GroupNorm _norm;
    private readonly Linear _projectIn;
    private readonly TransformerBlock[] _blocks;
    private readonly Linear _projectOut;

    /// <summary>Reads <c>norm</c>, <c>proj_in</c>, <c>transformer_blocks</c>, <c>proj_out</c>.</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="contextChannels">Width of a token of the text.</param>
    /// <param name="headChannels">Width of an attention head; an image narrower than that has one head.</param>
    /// <param name="depth">Transformer blocks.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public SpatialTransformer(WeightReader weights, int channels, int contextChannels, int headChannels, int depth)
    {
        int heads = Math.Max(1, channels / headChannels);
        _norm = new GroupNorm(weights.Under("norm"), channels, GroupNorm.VaeEpsilon);
        _projectIn = new Linear(weights.Under("proj_in"), channels, channels);
        _blocks = new TransformerBlock[depth];
        for (int i = 0; i < depth; i++)
        {
            _blocks[i] = new TransformerBlock(weights.Under($"transformer_blocks.{i}"), channels, contextChannels, heads);
        }

        _projectOut = new Linear(weights.Under("proj_out"), channels, channels);
    }

    /// <summary>Describes the transformer; the shape stays. The context is [N, tokens, 1, context channels].</summary>
    public Value Forward(Graph g, Value x, Value context)
    {
        Value h = _projectIn.Forward(g, _norm.Forward(g, x));
        foreach (TransformerBlock block in _blocks)
        {
            h = block.Forward(g, h, context);
        }

        return g.Add(_projectOut.Forward(g, h), x);
    }
}
