using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Weights;

/// <summary>Something of a checkpoint in the form in which it lies on the GPU.</summary>
internal abstract record WeightKey
{
    /// <summary>What everything on the GPU begins at a multiple of.</summary>
    public const long Alignment = 256;

    /// <summary>Bytes that it takes, up to a multiple of <see cref="Alignment"/>.</summary>
    public abstract long Bytes { get; }

    /// <summary>What has to be brought in for it.</summary>
    /// <param name="address">Where it begins.</param>
    public abstract IEnumerable<WeightJob> Jobs(nint address);

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    protected static long Align(long bytes) => (bytes + Alignment - 1) & -Alignment;
}

/// <summary>A matrix of a product: rows of output channels, each [tap][input channel], then a scale for each row where it is in
/// 8 bits, then a bias for each row where there is one.</summary>
/// <param name="Weights">What it is made of.</param>
/// <param name="Type">The format of the bias, and of the elements unless they are in 8 bits.</param>
/// <param name="Stored">The format of the elements.</param>
/// <param name="PaddedInputs">Input channels with the zeros after them.</param>
/// <param name="PaddedOutputs">Output channels with the rows of zeros after them.</param>
internal sealed record MatrixKey(LinearWeights Weights, DType Type, DType Stored, int PaddedInputs, int PaddedOutputs) : WeightKey
{
    /// <summary>Whether the elements are in 4 bits, with a half-precision scale for each 64 of a row, as <see cref="TokenProduct"/> reads them.</summary>
    public bool IsFourBit { get; init; }

    /// <summary>Pieces of a row in 4 bits.</summary>
    public int Pieces => (Depth + TokenProduct.PieceInputs - 1) / TokenProduct.PieceInputs;

    /// <summary>Elements of a row.</summary>
    public int Depth => Weights.KernelHeight * Weights.KernelWidth * PaddedInputs;

    /// <summary>Whether each row has a scale.</summary>
    public bool HasScales => Stored.SizeInBytes == 1 && !IsFourBit;

    /// <summary>Whether any row has a bias.</summary>
    public bool HasBias => Weights.Biases.Any(bias => bias is not null);

    /// <inheritdoc/>
    public override long Bytes => BiasOffset + (HasBias ? Align((long)PaddedOutputs * Type.SizeInBytes) : 0);

    private long RowBytes => (long)Depth * Stored.SizeInBytes;

    private long ScalesOffset => Align(IsFourBit ? FourBitBytes : RowBytes * PaddedOutputs);

    private long FourBitBytes =>
        (PaddedOutputs + TokenProduct.TileRows - 1) / TokenProduct.TileRows * (TokenProduct.TileRows / TokenProduct.PieceRows) * (long)Pieces * TokenProduct.PieceBytes;

    private long BiasOffset => ScalesOffset + (HasScales ? Align((long)sizeof(float) * PaddedOutputs) : 0);

    /// <summary>The parts of the matrix that begins at an address.</summary>
    public DeviceWeights At(nint address) =>
        new(address, HasScales ? address + (nint)ScalesOffset : 0, HasBias ? address + (nint)BiasOffset : 0);

    /// <inheritdoc/>
    public override IEnumerable<WeightJob> Jobs(nint address)
    {
        DeviceWeights parts = At(address);
        long channel = 0;
        for (int i = 0; i < Weights.Weights.Count; i++)
        {
            Weight weight = Weights.Weights[i];
            int outputs = weight.Shape[Weights.IsTransposed ? 1 : 0];
            WeightSizes sizes = new(outputs, Weights.InChannels, Weights.KernelHeight * Weights.KernelWidth, PaddedInputs, Weights.IsTransposed);
            yield return IsFourBit
                ? new WeightJob(weight, sizes, parts.Matrix, Stored, 0) { FirstFourBitRow = (int)channel }
                : new WeightJob(weight, sizes, parts.Matrix + (nint)(channel * RowBytes), Stored, HasScales ? parts.Scales + (nint)(channel * sizeof(float)) : 0);
            if (HasBias && Weights.Biases[i] is Weight bias)
            {
                yield return new WeightJob(bias, new WeightSizes(outputs, 1, 1, 1, false), parts.Bias + (nint)(channel * Type.SizeInBytes), Type, 0);
            }

            channel += outputs;
        }
    }
}

/// <summary>A tensor as rows of its first axis: a vector of a normalisation, a table of tokens or positions.</summary>
/// <param name="Weight">The tensor.</param>
/// <param name="Type">The format of its elements on the GPU.</param>
internal sealed record RowsKey(Weight Weight, DType Type) : WeightKey
{
    /// <inheritdoc/>
    public override long Bytes => Align(Weight.Shape.ElementCount * Type.SizeInBytes);

    /// <inheritdoc/>
    public override IEnumerable<WeightJob> Jobs(nint address)
    {
        int columns = checked((int)(Weight.Shape.ElementCount / Weight.Shape[0]));
        return [new WeightJob(Weight, new WeightSizes(Weight.Shape[0], columns, 1, columns, false), address, Type, 0)];
    }
}
