using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>How element-wise kernels are cut into blocks, and which variant of a file they come from.</summary>
internal static class LaunchGeometry
{
    /// <summary>Threads of an element-wise block.</summary>
    public const int Block = 256;

    /// <summary>Beyond this many blocks, threads stride: 132 multiprocessors with 8 blocks each, twice.</summary>
    private const long MostBlocks = 2112;

    /// <summary>Element-wise kernels count in 32 bits.</summary>
    private const long MostItems = int.MaxValue;

    /// <summary>Blocks for a number of items, one a thread.</summary>
    public static (long X, long Y, long Z) Grid(long items)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items, MostItems);
        return (Math.Clamp((items + Block - 1) / Block, 1, MostBlocks), 1, 1);
    }

    /// <summary>The variant with 16-byte accesses where every matrix allows them, otherwise the one that goes element by element.</summary>
    public static KernelVariant VariantFor(DType type, params ReadOnlySpan<DeviceMatrix> matrices)
    {
        foreach (DeviceMatrix matrix in matrices)
        {
            if (!matrix.IsAligned)
            {
                return new KernelVariant(type);
            }
        }

        return new KernelVariant(type, KernelVariant.WidestVector(type));
    }
}
