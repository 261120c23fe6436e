using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Models.Layers;

/// <summary>A two-dimensional convolution with a bias.</summary>
public sealed class Conv2d
{
    private readonly LinearWeights _weights;
    private readonly Conv2dOptions _options;

    /// <summary>Reads <c>weight</c> [out, in, kernel, kernel] and <c>bias</c> [out].</summary>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Conv2d(WeightReader weights, int inChannels, int outChannels, int kernelSize, Conv2dOptions options)
        : this([weights], inChannels, outChannels, kernelSize, options)
    {
    }

    /// <summary>Reads several kernels of one shape that share their source; their outputs lie side by side.</summary>
    /// <param name="parts">Where each lies, first output channels first.</param>
    /// <param name="inChannels">Channels of the source.</param>
    /// <param name="outChannels">Output channels of each.</param>
    /// <param name="kernelSize">Height and width of the kernels.</param>
    /// <param name="options">Stride and padding.</param>
    /// <exception cref="CheckpointException">A weight is missing or of another shape.</exception>
    public Conv2d(IReadOnlyList<WeightReader> parts, int inChannels, int outChannels, int kernelSize, Conv2dOptions options)
    {
        Shape shape = new(outChannels, inChannels, kernelSize, kernelSize);
        Weight[] kernels = [.. parts.Select(part => part.Read("weight", shape))];
        Weight[] biases = [.. parts.Select(part => part.Read("bias", new Shape(outChannels)))];
        _weights = new LinearWeights(kernels, biases);
        _options = options;
    }

    /// <summary>Stride and padding.</summary>
    public Conv2dOptions Options => _options;

    /// <summary>Height and width of the kernel.</summary>
    public int KernelSize => _weights.KernelHeight;

    /// <summary>Channels of the source.</summary>
    public int InChannels => _weights.InChannels;

    /// <summary>Channels of the result.</summary>
    public int OutChannels => _weights.OutChannels;

    /// <summary>Describes the convolution: [N, H, W, in] → [N, H', W', out].</summary>
    public Value Forward(Graph g, Value x) => Forward(g, x, _options);

    /// <summary>Describes the convolution of a part of an image, whose edges may be padded otherwise.</summary>
    public Value Forward(Graph g, Value x, Conv2dOptions options) => g.Conv2d(x, _weights, options);
}
