namespace Supir.Engine.Cuda.Operations;

/// <summary>Where a matrix product finds what it reads and writes.</summary>
/// <param name="X">The source's rows.</param>
/// <param name="Weights">The matrix.</param>
/// <param name="Bias">A bias for each channel, or 0.</param>
/// <param name="Residual">What is added, or 0.</param>
/// <param name="Y">The result's rows.</param>
internal readonly record struct ProductOperands(nint X, nint Weights, nint Bias, nint Residual, nint Y)
{
    /// <summary>A single for each channel, where the product multiplies by them.</summary>
    public nint WeightScales { get; init; }

    /// <summary>A single for each row.</summary>
    public nint SourceScales { get; init; }
}
