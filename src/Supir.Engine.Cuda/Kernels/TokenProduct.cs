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

    private const int WarpThreads = 32;

    /// <summary>Pieces from which on a row is long: halves of its pairs of pieces then follow each other in it.</summary>
    private const int LongRowPieces = 64;

    /// <summary>Bytes of a piece of x: two digits a number with a gap behind each, and a single a group.</summary>
    private const int SlotBytes = (2 * (PieceInputs + 16)) + (2 * sizeof(float));

    /// <summary>For many tiles: few, large blocks cut x least often.</summary>
    private static readonly Form Usual = new(new KernelDefinition("TokenProduct.cu", "token_product"), Warps: 10, Blocks: 2, IsWide: true);

    /// <summary>For hardly more tiles than blocks fit on the GPU.</summary>
    private static readonly Form Small = new(new KernelDefinition("TokenProduct.cu", "token_product_small"), Warps: 8, Blocks: 3, IsWide: true);

    private static readonly Form Long = new(new KernelDefinition("TokenProduct.cu", "token_product_long"), Warps: 10, Blocks: 2, IsWide: false);

    /// <summary>Whether the kernel is there for a GPU and the places of a row and its result.</summary>
    public static bool Fits(CudaDevice device, KernelVariant variant) =>
        device.Architecture >= LeastArchitecture && variant.Type != DType.Float32 && variant.Vector > 1;

    /// <summary>The product; see <see cref="VectorProduct.Multiply"/>.</summary>
    public static KernelLaunch Multiply(
        KernelCache kernels, CudaDevice device, KernelVariant variant, DeviceMatrix source, RowNorm norm, MatrixKey key, DeviceWeights weights,
        DeviceMatrix residual, bool isGated, DeviceMatrix result)
    {
        int wideTiles = ((isGated ? 2 : 1) * result.Channels + TileRows - 1) / TileRows;
        Form form = key.Pieces >= LongRowPieces && !isGated ? Long : wideTiles <= device.Multiprocessors * Small.Blocks ? Small : Usual;
        long tiles = form.IsWide ? wideTiles : (result.Channels + PieceRows - 1) / PieceRows;
        long rounds = (tiles + (device.Multiprocessors * form.Blocks) - 1) / (device.Multiprocessors * form.Blocks);
        int piecesOfWarp = ((((key.Pieces + form.Warps - 1) / form.Warps) + 1) / 2) * 2;
        return new KernelLaunch(
            kernels.Get(form.Kernel, variant), ((tiles + rounds - 1) / rounds, 1, 1), form.Warps * WarpThreads, form.Warps * piecesOfWarp * SlotBytes,
            source.Pointer, norm.Gamma, norm.Epsilon, weights.Matrix, weights.Bias, residual.Pointer, result.Pointer,
            key.Depth, key.Pieces, key.PaddedOutputs, isGated ? 1 : 0)
        {
            Overlaps = device.OverlapsKernels,
        };
    }

    /// <summary>A kernel of TokenProduct.cu.</summary>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Warps">Warps of a block.</param>
    /// <param name="Blocks">Blocks that fit on a multiprocessor.</param>
    /// <param name="IsWide">Whether a tile is two eights of rows rather than one.</param>
    private sealed record Form(KernelDefinition Kernel, int Warps, int Blocks, bool IsWide);
}

/// <summary>A norm that a product's source is put through first: x / √(mean(x²) + ε) · γ.</summary>
/// <param name="Gamma">A single for each channel, or 0 for no norm.</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct RowNorm(nint Gamma, float Epsilon);
