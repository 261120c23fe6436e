namespace Supir.Engine.Graphs;

/// <summary>How a convolution walks over its source.</summary>
/// <param name="Stride">Positions between outputs, the same in both directions.</param>
/// <param name="PadTop">Zero rows above.</param>
/// <param name="PadLeft">Zero columns at the left.</param>
/// <param name="PadBottom">Zero rows below.</param>
/// <param name="PadRight">Zero columns at the right.</param>
/// <param name="UpsampleNearest2x">Whether the source is first doubled in both directions by repeating every position.</param>
public sealed record Conv2dOptions(int Stride, int PadTop, int PadLeft, int PadBottom, int PadRight, bool UpsampleNearest2x = false)
{
    /// <summary>Stride 1, no padding: 1×1 convolutions.</summary>
    public static Conv2dOptions Pointwise { get; } = new(1, 0, 0, 0, 0);

    /// <summary>Stride 1, one zero position on every side: a 3×3 convolution that keeps the size.</summary>
    public static Conv2dOptions SameSize { get; } = new(1, 1, 1, 1, 1);

    /// <summary>Stride 2, one zero position on every side: the UNet's downsampling.</summary>
    public static Conv2dOptions HalfSize { get; } = new(2, 1, 1, 1, 1);

    /// <summary>Stride 2, one zero position below and at the right only: the autoencoder's downsampling.</summary>
    public static Conv2dOptions HalfSizePaddedAtEnd { get; } = new(2, 0, 0, 1, 1);

    /// <summary>Nearest-neighbour doubling, then a 3×3 convolution that keeps that size.</summary>
    public static Conv2dOptions DoubleSize { get; } = new(1, 1, 1, 1, 1, UpsampleNearest2x: true);
}
