using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>Launches of Weights.cu.</summary>
internal static class Weights
{
    private const int BlockOfRow = 256;

    private static readonly KernelDefinition BringInKernel = new("Weights.cu", "bring_in");
    private static readonly KernelDefinition BringInEightKernel = new("Weights.cu", "bring_in_eight");
    private static readonly KernelDefinition BringInFourKernel = new("Weights.cu", "bring_in_four");
    private static readonly KernelDefinition WidenKernel = new("Weights.cu", "widen_weights");

    /// <summary>A stored tensor → rows of output channels, [tap][input channel, padded].</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="source">The tensor as stored, on the GPU.</param>
    /// <param name="stored">Its format.</param>
    /// <param name="scales">A single a row of it, a half for each 64 elements of 4 bits, or 0.</param>
    /// <param name="destination">The first row of the result.</param>
    /// <param name="type">The result's format.</param>
    /// <param name="sizes">The matrix.</param>
    /// <param name="refused">An int that becomes 1 where a number is not finite.</param>
    public static KernelLaunch BringIn(
        KernelCache kernels, nint source, DType stored, nint scales, nint destination, DType type, WeightSizes sizes, nint refused) =>
        new(kernels.Get(BringInKernel, new KernelVariant(type)),
            LaunchGeometry.Grid(Math.Min(int.MaxValue, (long)sizes.Outputs * sizes.Taps * sizes.PaddedInputs)), LaunchGeometry.Block, 0,
            source, (int)stored, scales, destination, sizes.Outputs, sizes.Inputs, sizes.Taps, sizes.PaddedInputs, sizes.IsTransposed ? 1 : 0, refused);

    /// <summary>The same into rows of 8 bits, each with a scale of its own.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="source">The tensor as stored, on the GPU.</param>
    /// <param name="stored">Its format.</param>
    /// <param name="scales">A single a row of it, a half for each 64 elements of 4 bits, or 0.</param>
    /// <param name="destination">The first row of the result.</param>
    /// <param name="type">Int8 or Float8E4M3.</param>
    /// <param name="rowScales">A single a row of the result.</param>
    /// <param name="sizes">The matrix.</param>
    /// <param name="refused">An int that becomes 1 where a number is not finite.</param>
    public static KernelLaunch BringInEight(
        KernelCache kernels, nint source, DType stored, nint scales, nint destination, DType type, nint rowScales, WeightSizes sizes, nint refused) =>
        new(kernels.Get(BringInEightKernel, new KernelVariant(DType.Float32)), (sizes.Outputs, 1, 1), BlockOfRow, 0,
            source, (int)stored, scales, destination, rowScales, sizes.Outputs, sizes.Inputs, sizes.Taps, sizes.PaddedInputs,
            sizes.IsTransposed ? 1 : 0, type == DType.Float8E4M3 ? 1 : 0, refused);

    /// <summary>The same into rows of 4 bits, with a half-precision scale for each 64 inputs.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="source">The tensor as stored, on the GPU; not transposed.</param>
    /// <param name="stored">Its format.</param>
    /// <param name="scales">A single a row of it, a half for each 64 elements of 4 bits, or 0.</param>
    /// <param name="destination">The whole matrix.</param>
    /// <param name="firstRow">The first of its rows that the tensor makes.</param>
    /// <param name="sizes">The tensor.</param>
    /// <param name="refused">An int that becomes 1 where a number is not finite.</param>
    public static KernelLaunch BringInFour(
        KernelCache kernels, nint source, DType stored, nint scales, nint destination, int firstRow, WeightSizes sizes, nint refused)
    {
        int pieces = ((sizes.Taps * sizes.PaddedInputs) + TokenProduct.PieceInputs - 1) / TokenProduct.PieceInputs;
        return new KernelLaunch(
            kernels.Get(BringInFourKernel, new KernelVariant(DType.Float16)), LaunchGeometry.Grid((long)sizes.Outputs * pieces * 2), LaunchGeometry.Block, 0,
            source, (int)stored, scales, destination, firstRow, sizes.Outputs, sizes.Inputs, sizes.Taps, sizes.PaddedInputs, pieces, refused);
    }

    /// <summary>Rows of int8 and their scales → the format of values.</summary>
    /// <param name="kernels">Where kernels come from.</param>
    /// <param name="source">The first row.</param>
    /// <param name="rowScales">A single a row.</param>
    /// <param name="destination">The first row of the result.</param>
    /// <param name="type">The result's format.</param>
    /// <param name="rows">Output channels.</param>
    /// <param name="depth">Elements of a row.</param>
    public static KernelLaunch Widen(KernelCache kernels, nint source, nint rowScales, nint destination, DType type, int rows, int depth)
    {
        int vector = KernelVariant.WidestVector(type);
        KernelVariant variant = new(type, depth % vector == 0 ? vector : 1);
        int count = checked(rows * depth);
        return new KernelLaunch(
            kernels.Get(WidenKernel, variant), LaunchGeometry.Grid(count / variant.Vector), LaunchGeometry.Block, 0,
            source, rowScales, destination, depth, count);
    }
}

/// <summary>The sizes of one stored tensor and of its rows in the result.</summary>
/// <param name="Outputs">Output channels.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Taps">Places of the kernel.</param>
/// <param name="PaddedInputs">Input channels with the zeros after them.</param>
/// <param name="IsTransposed">Whether it is stored [in, out].</param>
internal readonly record struct WeightSizes(int Outputs, int Inputs, int Taps, int PaddedInputs, bool IsTransposed);
