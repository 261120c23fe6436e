using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>The prelude of all kernels; its conversions have kernels of their own, in Elementwise.cu, that meet the host.</summary>
internal static class Elements
{
    private static readonly KernelDefinition FromSinglesKernel = new("Elementwise.cu", "from_singles");
    private static readonly KernelDefinition ToSinglesKernel = new("Elementwise.cu", "to_singles");

    /// <summary>Single-precision numbers without gaps → values of a plan.</summary>
    public static KernelLaunch FromSingles(KernelCache kernels, nint source, nint destination, DType type, long count) =>
        new(kernels.Get(FromSinglesKernel, new KernelVariant(type)), LaunchGeometry.Grid(count), LaunchGeometry.Block, 0, source, destination, checked((int)count));

    /// <summary>Rows of a plan → single-precision numbers without gaps.</summary>
    public static KernelLaunch ToSingles(KernelCache kernels, DeviceMatrix source, int rows, nint destination) =>
        new(kernels.Get(ToSinglesKernel, new KernelVariant(source.Type)), LaunchGeometry.Grid((long)rows * source.Channels), LaunchGeometry.Block, 0,
            source.Pointer, source.RowStride, destination, rows, source.Channels);
}
