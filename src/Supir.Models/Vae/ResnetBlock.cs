using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>Residual block of the autoencoder: two convolutions behind norms, around a shortcut.</summary>
/// <remarks>Source: <c>ResnetBlock</c> without a timestep in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af);
/// He et al. 2015, "Deep Residual Learning for Image Recognition", arXiv:1512.03385.</remarks>
public sealed class ResnetBlock
{
    /// <summary>Reads <c>norm1</c>, <c>conv1</c>, <c>norm2</c>, <c>conv2</c> and, where the width changes, <c>nin_shortcut</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ResnetBlock(WeightReader weights, int inChannels, int outChannels)
    {
        Norm1 = new GroupNorm(weights.Under("norm1"), inChannels, GroupNorm.VaeEpsilon);
        Conv1 = new Conv2d(weights.Under("conv1"), inChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        Norm2 = new GroupNorm(weights.Under("norm2"), outChannels, GroupNorm.VaeEpsilon);
        Conv2 = new Conv2d(weights.Under("conv2"), outChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        Shortcut = inChannels == outChannels
            ? null
            : new Conv2d(weights.Under("nin_shortcut"), inChannels, outChannels, kernelSize: 1, Conv2dOptions.Pointwise);
    }

    /// <summary>The norm in front of the first convolution.</summary>
    internal GroupNorm Norm1 { get; }

    /// <summary>The first convolution.</summary>
    internal Conv2d Conv1 { get; }

    /// <summary>The norm in front of the second convolution.</summary>
    internal GroupNorm Norm2 { get; }

    /// <summary>The second convolution.</summary>
    internal Conv2d Conv2 { get; }

    /// <summary>The 1×1 convolution of the shortcut, where the width changes.</summary>
    internal Conv2d? Shortcut { get; }

    /// <summary>Describes the block: [N, H, W, in] → [N, H, W, out].</summary>
    public Value Forward(Graph g, Value x)
    {
        Value h = Conv1.Forward(g, g.Silu(Norm1.Forward(g, x)));
        h = Conv2.Forward(g, g.Silu(Norm2.Forward(g, h)));

        Value shortcut = Shortcut?.Forward(g, x) ?? x;
        return g.Add(h, shortcut);
    }
}
