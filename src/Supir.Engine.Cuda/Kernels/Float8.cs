using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Float8.cu: rows in 8-bit floats, each with its own scale.</summary>
internal static class Float8
{
    /// <summary>The first generation that has the format (Ada).</summary>
    public const int LeastArchitecture = 89;

    /// <summary>The longest row that <see cref="LayerNorm"/> holds.</summary>
    public const int WidestNorm = 32 * Vector * 8;

    /// <summary>The longest row that <see cref="Geglu"/> holds.</summary>
    public const int WidestGate = MostGateThreads * Vector * GateHeld;

    /// <summary>The largest number of the format.</summary>
    public const double Largest = 448;

    private const int Vector = 8;
    private const int MostGateThreads = 640;
    private const int GateHeld = 2;
    private const int WarpsOfLayerNorm = 4;

    private static readonly KernelDefinition LayerNormKernel = new("Float8.cu", "layer_norm_rounded");
    private static readonly KernelDefinition GegluKernel = new("Float8.cu", "geglu_rounded");
    private static readonly KernelDefinition ScaleKernel = new("Float8.cu", "scale_product");

    /// <summary>Each row to mean 0 and variance 1, then · γ + β, then rounded.</summary>
    public static KernelLaunch LayerNorm(
        KernelCache kernels, DeviceMatrix source, nint gamma, nint beta, float epsilon, DeviceMatrix result, nint scales, int rows) =>
        new(kernels.Get(LayerNormKernel, new KernelVariant(source.Type, Vector)),
            ((rows + WarpsOfLayerNorm - 1) / WarpsOfLayerNorm, 1, 1), WarpsOfLayerNorm * 32, 0,
            source.Pointer, source.RowStride, gamma, beta, epsilon, result.Pointer, scales, rows, source.Channels);

    /// <summary>a · gelu(b) over the halves a, b of the source's rows, rounded.</summary>
    public static KernelLaunch Geglu(KernelCache kernels, DeviceMatrix source, DeviceMatrix result, nint scales, int rows)
    {
        int threads = ((result.Channels / (Vector * GateHeld)) + 31) / 32 * 32;
        return new KernelLaunch(
            kernels.Get(GegluKernel, new KernelVariant(source.Type, Vector)), (rows, 1, 1), Math.Max(32, threads), 0,
            source.Pointer, source.RowStride, result.Pointer, scales, result.Channels);
    }

    /// <summary>y · factor · the row's scale · the channel's scale + bias + residual, in place.</summary>
    public static KernelLaunch Scale(
        KernelCache kernels, DeviceMatrix result, int rows, float factor, nint rowScales, nint channelScales, nint bias, DeviceMatrix residual) =>
        new(kernels.Get(ScaleKernel, new KernelVariant(result.Type, Vector)),
            LaunchGeometry.Grid((long)rows * result.Channels / Vector), LaunchGeometry.Block, 0,
            result.Pointer, result.RowStride, factor, rowScales, channelScales, bias, residual.Pointer, residual.RowStride, rows, result.Channels);
}
