using Supir.Engine.Weights;

namespace Supir.Engine.Graphs;

/// <summary>The weights of a matrix product or convolution: one tensor, or several that are stacked along the output channels.</summary>
/// <remarks>Stacking merges products that share their source, such as query, key and value, without copying a weight.
/// Each tensor is [out, in] or [out, in, kh, kw]; with <see cref="IsTransposed"/> it is [in, out]. Two are equal where they stack the same
/// weights, so that a backend packs these once.</remarks>
public sealed class LinearWeights : IEquatable<LinearWeights>
{
    /// <summary>Stacks weights along their output channels.</summary>
    /// <param name="weights">One weight or more that agree in all but the output channels.</param>
    /// <param name="biases">One bias [out] for each weight, <c>null</c> where that weight has none; or empty for none at all.</param>
    /// <param name="isTransposed">Whether the (single) matrix is stored [in, out], as CLIP's text projection is.</param>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public LinearWeights(IReadOnlyList<Weight> weights, IReadOnlyList<Weight?> biases, bool isTransposed = false)
    {
        Weight first = weights[0];
        int axis = isTransposed ? 1 : 0;
        foreach (Weight weight in weights)
        {
            if (weight.Shape.Rank != first.Shape.Rank || (weight.Shape.Rank != 2 && weight.Shape.Rank != 4))
            {
                throw new ShapeException(nameof(LinearWeights), weight.Name, "[out, in] or [out, in, kh, kw]", weight.Shape);
            }

            for (int i = 1; i < weight.Shape.Rank; i++)
            {
                if (weight.Shape[i] != first.Shape[i])
                {
                    throw new ShapeException(nameof(LinearWeights), weight.Name, $"like {first.Shape} in all but the first axis", weight.Shape);
                }
            }

            OutChannels += weight.Shape[axis];
        }

        if (isTransposed && (weights.Count != 1 || first.Shape.Rank != 2))
        {
            throw new ShapeException(nameof(LinearWeights), first.Name, "a single matrix where it is transposed", first.Shape);
        }

        if (biases.Count != 0 && biases.Count != weights.Count)
        {
            throw new ShapeException(nameof(LinearWeights), nameof(biases), $"{weights.Count} biases or none", biases.Count);
        }

        for (int i = 0; i < biases.Count; i++)
        {
            if (biases[i] is Weight bias && bias.Shape != new Shape(weights[i].Shape[axis]))
            {
                throw new ShapeException(nameof(LinearWeights), bias.Name, new Shape(weights[i].Shape[axis]).ToString(), bias.Shape);
            }
        }

        Weights = weights;
        Biases = biases;
        IsTransposed = isTransposed;
        InChannels = first.Shape[isTransposed ? 0 : 1];
        KernelHeight = first.Shape.Rank == 4 ? first.Shape[2] : 1;
        KernelWidth = first.Shape.Rank == 4 ? first.Shape[3] : 1;
    }

    /// <summary>A single weight with an optional bias.</summary>
    public LinearWeights(Weight weight, Weight? bias = null, bool isTransposed = false)
        : this([weight], bias is null ? [] : [bias], isTransposed)
    {
    }

    /// <summary>The stacked weights, first output channels first.</summary>
    public IReadOnlyList<Weight> Weights { get; }

    /// <summary>A bias for each weight, or empty.</summary>
    public IReadOnlyList<Weight?> Biases { get; }

    /// <summary>Whether the matrix is stored [in, out].</summary>
    public bool IsTransposed { get; }

    /// <summary>In how many bits every plan keeps these weights, whatever else is asked of it; <c>null</c> where the plan says so.</summary>
    public WeightPrecision? Precision { get; init; }

    /// <summary>Output channels of all weights together.</summary>
    public int OutChannels { get; }

    /// <summary>Input channels.</summary>
    public int InChannels { get; }

    /// <summary>Height of the kernel; 1 for a matrix.</summary>
    public int KernelHeight { get; }

    /// <summary>Width of the kernel; 1 for a matrix.</summary>
    public int KernelWidth { get; }

    /// <inheritdoc/>
    public bool Equals(LinearWeights? other) =>
        other is not null && IsTransposed == other.IsTransposed && Weights.SequenceEqual(other.Weights) && Biases.SequenceEqual(other.Biases);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LinearWeights);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Weights[0], Weights.Count, IsTransposed);
}
