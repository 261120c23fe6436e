using Supir.Checkpoints;
using Supir.Engine.Graphs;

namespace Supir.Models.Vae;

/// <summary>The coarsest level of encoder and decoder: two residual blocks with attention between them.</summary>
/// <remarks>Source: <c>mid</c> of <c>Encoder</c> and <c>Decoder</c> in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af).</remarks>
public sealed class MiddleBlock
{
    private readonly ResnetBlock _block1;
    private readonly AttentionBlock _attention;
    private readonly ResnetBlock _block2;

    /// <summary>Reads <c>block_1</c>, <c>attn_1</c>, <c>block_2</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public MiddleBlock(WeightReader weights, int channels)
    {
        _block1 = new ResnetBlock(weights.Under("block_1"), channels, channels);
        _attention = new AttentionBlock(weights.Under("attn_1"), channels);
        _block2 = new ResnetBlock(weights.Under("block_2"), channels, channels);
    }

    /// <summary>Describes the blocks; the shape stays.</summary>
    public Value Forward(Graph g, Value x) => _block2.Forward(g, _attention.Forward(g, _block1.Forward(g, x)));
}
