using System.Globalization;

namespace Supir.Engine.Cuda.Operations;

/// <summary>All that the choice of a matrix product's algorithm depends on: y[rows, columns] = x[rows, depth] · W (+ bias) (+ residual).</summary>
/// <param name="Rows">Rows of x and y.</param>
/// <param name="Columns">Channels of y.</param>
/// <param name="Depth">Channels of x.</param>
/// <param name="Type">Format of x, W, bias and residual.</param>
/// <param name="ResultType">Format of y.</param>
internal readonly record struct ProductSizes(int Rows, int Columns, int Depth, DType Type, DType ResultType)
{
    /// <summary>Elements between rows of x.</summary>
    public int SourceStride { get; init; }

    /// <summary>Elements between rows of W.</summary>
    public int WeightStride { get; init; }

    /// <summary>Elements between rows of y.</summary>
    public int ResultStride { get; init; }

    /// <summary>Elements between rows of the residual; 0 for none.</summary>
    public int ResidualStride { get; init; }

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias { get; init; }

    /// <summary>Whether W is [depth, columns] rather than [columns, depth].</summary>
    public bool WeightIsByDepth { get; init; }

    /// <summary>Products side by side, such as heads.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Elements from one product's x to the next's.</summary>
    public long SourceStep { get; init; }

    /// <summary>Elements from one product's W to the next's.</summary>
    public long WeightStep { get; init; }

    /// <summary>Elements from one product's y to the next's.</summary>
    public long ResultStep { get; init; }

    /// <summary>The largest power of two that divides every address, at most 256 bytes.</summary>
    public int Alignment { get; init; }

    /// <summary>Whether the result is multiplied by a scale for each row of x and one for each channel.</summary>
    public bool HasVectorScales { get; init; }

    /// <summary>What the product is multiplied by.</summary>
    public float Factor { get; init; } = 1;

    /// <summary>Floating-point operations.</summary>
    public double Flops => 2.0 * Batch * Rows * Columns * Depth;

    /// <summary>For profiles.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"product {(Type == DType.Float8E4M3 ? "E4M3 " : "")}{(Batch > 1 ? $"{Batch}x" : "")}{Rows}x{Columns}x{Depth}{(HasBias ? " +bias" : "")}{(ResidualStride > 0 ? " +residual" : "")}");

    /// <summary>The largest power of two, up to 256, that divides all addresses.</summary>
    public static int AlignmentOf(params ReadOnlySpan<nint> addresses)
    {
        nint all = 256;
        foreach (nint address in addresses)
        {
            all |= address;
        }

        return (int)(all & -all);
    }
}
