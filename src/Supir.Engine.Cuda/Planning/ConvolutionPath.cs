using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionPath
{
    /// <summary>As a matrix product of the rows as they are.</summary>
    Pointwise,

    /// <summary>By cuDNN, with channels padded and a doubled source written.</summary>
    Library,

    /// <summary>As matrix products of gathered rows, some at a time.</summary>
    Products,

    /// <summary>By our own kernel.</summary>
    Plain,
}

/// <summary>The choice of a convolution's path, which follows from sizes alone.</summary>
internal static class ConvolutionPaths
{
    /// <summary>With less to multiply than this for a number of the result, gathering costs more than it gains.</summary>
    private const int LeastDepth = 32;

    /// <summary>Bytes that gathered rows may take.</summary>
    private const long MostGatheredBytes = 64L << 20;

    /// <summary>Rows that tiles of products divide.</summary>
    private const long RowMultiple = 256;

    /// <summary>The path for a node.</summary>
    public static ConvolutionPath Choose(Conv2dNode node, DeviceCapabilities device) =>
        Fuser.IsPointwise(node) ? ConvolutionPath.Pointwise
        : device.HasCudnn && device.Type != DType.Float32 ? ConvolutionPath.Library
        : DepthOf(node) >= LeastDepth ? ConvolutionPath.Products
        : ConvolutionPath.Plain;

    /// <summary>What is multiplied for a number of the result.</summary>
    public static int DepthOf(Conv2dNode node) => node.Weights.KernelHeight * node.Weights.KernelWidth * node.Weights.InChannels;

    /// <summary>Rows that are gathered at a time.</summary>
    public static long RowsAtATime(Conv2dNode node, Value result, DeviceCapabilities device)
    {
        long most = MostGatheredBytes / ((long)DepthOf(node) * device.Type.SizeInBytes);
        return Math.Min(result.Rows, Math.Max(RowMultiple, most / RowMultiple * RowMultiple));
    }
}
