using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Models.Layers;

/// <summary>Group normalisation with 32 groups of channels, as all of this family have it.</summary>
/// <remarks>Source: <c>normalization</c> in sgm/modules/diffusionmodules/util.py and <c>Normalize</c> in sgm/modules/attention.py
/// (SUPIR @ bda91af); Wu and He 2018, "Group Normalization", arXiv:1803.08494.</remarks>
public sealed class GroupNorm
{
    /// <summary>Groups of channels.</summary>
    public const int Groups = 32;

    /// <summary>ε of the UNet's blocks and connectors: torch's default.</summary>
    public const float UNetEpsilon = 1e-5f;

    /// <summary>ε of the autoencoder and of the norm in front of a spatial transformer.</summary>
    public const float VaeEpsilon = 1e-6f;

    /// <summary>Reads <c>weight</c> and <c>bias</c>, both [channels].</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public GroupNorm(WeightReader weights, int channels, float epsilon)
    {
        Gamma = weights.Read("weight", new Shape(channels));
        Beta = weights.Read("bias", new Shape(channels));
        Epsilon = epsilon;
    }

    /// <summary>γ, [channels].</summary>
    public Weight Gamma { get; }

    /// <summary>β, [channels].</summary>
    public Weight Beta { get; }

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Describes the normalisation; the shape stays.</summary>
    public Value Forward(Graph g, Value x) => g.GroupNorm(x, Gamma, Beta, Groups, Epsilon);
}
