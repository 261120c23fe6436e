using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Models.Layers;

/// <summary>Normalisation of each row, as torch.nn.LayerNorm has it.</summary>
/// <remarks>Ba et al. 2016, "Layer Normalization", arXiv:1607.06450.</remarks>
public sealed class LayerNorm
{
    /// <summary>What is added to the variance: torch's default.</summary>
    private const float Epsilon = 1e-5f;

    private readonly Weight _gamma;
    private readonly Weight _beta;

    /// <summary>Reads <c>weight</c> and <c>bias</c>, both [channels].</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public LayerNorm(WeightReader weights, int channels)
    {
        _gamma = weights.Read("weight", new Shape(channels));
        _beta = weights.Read("bias", new Shape(channels));
    }

    /// <summary>Describes the normalisation; the shape stays.</summary>
    public Value Forward(Graph g, Value x) => g.LayerNorm(x, _gamma, _beta, Epsilon);
}
