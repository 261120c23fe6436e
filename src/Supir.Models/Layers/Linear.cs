using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Models.Layers;

/// <summary>y = x Wᵀ + b over rows.</summary>
public sealed class Linear
{
    private readonly LinearWeights _weights;

    /// <summary>Reads <c>weight</c> [out, in] and, unless told otherwise, <c>bias</c> [out].</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Linear(WeightReader weights, int inChannels, int outChannels, bool hasBias = true)
        : this([weights], new Shape(outChannels, inChannels), hasBias)
    {
    }

    /// <summary>Reads several matrices, or 1×1 kernels, of one shape that share their source; their outputs lie side by side.</summary>
    /// <param name="parts">Where each lies, first output channels first.</param>
    /// <param name="shape">The shape of each: [out, in] or [out, in, 1, 1].</param>
    /// <param name="hasBias">Whether each has a <c>bias</c> [out].</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Linear(IReadOnlyList<WeightReader> parts, Shape shape, bool hasBias = true)
    {
        Weight[] matrices = [.. parts.Select(part => part.Read("weight", shape))];
        Weight[] biases = hasBias ? [.. parts.Select(part => part.Read("bias", new Shape(shape[0])))] : [];
        _weights = new LinearWeights(matrices, biases);
    }

    /// <summary>Takes weights that carry names of their own.</summary>
    public Linear(LinearWeights weights) => _weights = weights;

    /// <summary>Describes the product: [N, H, W, in] → [N, H, W, out].</summary>
    public Value Forward(Graph g, Value x) => g.Linear(x, _weights);
}
