using Supir.Engine.Graphs;

namespace Supir.Engine.Cpu.Operations;

/// <summary>The sizes of a convolution.</summary>
internal sealed record ConvolutionShape(
    int Batch, int Height, int Width, int InChannels, int OutHeight, int OutWidth, int KernelHeight, int KernelWidth, Conv2dOptions Options)
{
    /// <summary>The sizes of a convolution in a graph.</summary>
    public static ConvolutionShape Of(Conv2dNode node, Value result) => new(
        result.Batch, node.Source.Height, node.Source.Width, node.Source.Channels, result.Height, result.Width,
        node.Weights.KernelHeight, node.Weights.KernelWidth, node.Options);

    /// <summary>Height of the source as the kernel sees it, doubled where it is enlarged first.</summary>
    public int SeenHeight => Options.UpsampleNearest2x ? 2 * Height : Height;

    /// <summary>Width of the source as the kernel sees it.</summary>
    public int SeenWidth => Options.UpsampleNearest2x ? 2 * Width : Width;

    /// <summary>Elements from a position of a band to the next: the channels, rounded up to whole vectors.</summary>
    public int PositionStride => (InChannels + 7) & ~7;

    /// <summary>Columns of a band for a number of output columns.</summary>
    public int BandWidth(int outColumns) => ((outColumns - 1) * Options.Stride) + KernelWidth;

    /// <summary>Rows of a band for a number of output rows.</summary>
    public int BandHeight(int outRows) => ((outRows - 1) * Options.Stride) + KernelHeight;
}
