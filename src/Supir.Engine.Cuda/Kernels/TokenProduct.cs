using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of TokenProduct.cu: products of a single row with weights in 4 bits by tensor cores, and how these weights lie.</summary>
internal static class TokenProduct
{
    /// <summary>Inputs of a piece: two groups with a scale each.</summary>
    public const int PieceInputs = 128;

    /// <summary>Bytes of a piece: the numbers of eight rows, then their scales.</summary>
    public const int PieceBytes = (PieceRows * PieceInputs / 2) + (PieceRows * 2 * sizeof(ushort));

    /// <summary>Rows that a block multiplies at a time: what a matrix has is filled up to whole tiles.</summary>
    public const int TileRows = 2 * PieceRows;

    /// <summary>Rows of a piece; both halves of a gated product must begin with one.</summary>
    public const int PieceRows = 8;

    /// <summary>Products of whole numbers as we ask for them begin with Ampere.</summary>
    private const int LeastArchitecture = 80;

    private const int Digits = 3;
    private const int Block = 256;
    private const int BlocksOfMultiprocessor = 3;

    private static readonly KernelDefinition Kernel = new("TokenProduct.cu", "vector_four");

    /// <summary>Whether the kernel is there for a GPU and the places of a row and its result.</summary>
    public static bool Fits(CudaDevice device, KernelVariant variant) =>
        device.Architecture >= LeastArchitecture && variant.Type != DType.Float32 && variant.Vector > 1;

    /// <summary>The product; see <see cref="VectorProduct.Multiply"/>.</summary>
    public static KernelLaunch Multiply(
        KernelCache kernels, CudaDevice device, KernelVariant variant, DeviceMatrix source, RowNorm norm, MatrixKey key, DeviceWeights weights,
        DeviceMatrix residual, bool isGated, DeviceMatrix result)
    {
        int tiles = ((isGated ? 2 : 1) * result.Channels + TileRows - 1) / TileRows;
        return new KernelLaunch(
            kernels.Get(Kernel, variant), (Math.Min(tiles, (long)device.Multiprocessors * BlocksOfMultiprocessor), 1, 1), Block,
            (Digits * ((key.Pieces * PieceInputs) + 16)) + PieceInputs,
            source.Pointer, norm.Gamma, norm.Epsilon, weights.Matrix, weights.Bias, residual.Pointer, result.Pointer,
            key.Depth, key.Pieces, key.PaddedOutputs, isGated ? 1 : 0)
        {
            Overlaps = device.OverlapsKernels,
        };
    }
}

/// <summary>A norm that a product's source is put through first: x / √(mean(x²) + ε) · γ.</summary>
/// <param name="Gamma">A single for each channel, or 0 for no norm.</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct RowNorm(nint Gamma, float Epsilon);
