using Supir.Checkpoints;
using Supir.Engine.Graphs;
using Supir.Models.Layers;

namespace Supir.Models.Vae;

/// <summary>Residual block of the autoencoder: two convolutions behind norms, around a shortcut.</summary>
/// <remarks>Source: <c>ResnetBlock</c> without a timestep in sgm/modules/diffusionmodules/model.py (SUPIR @ bda91af);
/// He et al. 2015, "Deep Residual Learning for Image Recognition", arXiv:1512.03385.</remarks>
public sealed class ResnetBlock
{
    private readonly GroupNorm _norm1;
    private readonly Conv2d _conv1;
    private readonly GroupNorm _norm2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _shortcut;

    /// <summary>Reads <c>norm1</c>, <c>conv1</c>, <c>norm2</c>, <c>conv2</c> and, where the width changes, <c>nin_shortcut</c>.</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public ResnetBlock(WeightReader weights, int inChannels, int outChannels)
    {
        _norm1 = new GroupNorm(weights.Under("norm1"), inChannels, GroupNorm.VaeEpsilon);
        _conv1 = new Conv2d(weights.Under("conv1"), inChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _norm2 = new GroupNorm(weights.Under("norm2"), outChannels, GroupNorm.VaeEpsilon);
        _conv2 = new Conv2d(weights.Under("conv2"), outChannels, outChannels, kernelSize: 3, Conv2dOptions.SameSize);
        _shortcut = inChannels == outChannels
            ? null
            : new Conv2d(weights.Under("nin_shortcut"), inChannels, outChannels, kernelSize: 1, Conv2dOptions.Pointwise);
    }

    /// <summary>Describes the block: [N, H, W, in] → [N, H, W, out].</summary>
    public Value Forward(Graph g, Value x)
    {
        Value h = _conv1.Forward(g, g.Silu(_norm1.Forward(g, x)));
        h = _conv2.Forward(g, g.Silu(_norm2.Forward(g, h)));

        Value shortcut = _shortcut?.Forward(g, x) ?? x;
        return g.Add(h, shortcut);
    }
}
