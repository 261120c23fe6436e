using System.Runtime.CompilerServices;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>The sizes of a Winograd tile, and its transforms on the chosen instruction set.</summary>
internal static unsafe class WinogradTile
{
    /// <summary>Taps of the kernel in each direction.</summary>
    public const int Taps = 3;

    /// <summary>Results in each direction.</summary>
    public const int ResultSide = 4;

    /// <summary>Positions of the source that they see, and points, in each direction.</summary>
    public const int SourceSide = ResultSide + Taps - 1;

    /// <summary>Points: products of a channel.</summary>
    public const int Points = SourceSide * SourceSide;

    /// <summary>Points whose weights are transformed together: two rows of them.</summary>
    public const int PointsOfPair = 2 * SourceSide;

    /// <summary>Channels are rounded up to this where transforms write them.</summary>
    public const int ChannelStep = 16;

    /// <summary>Elements that the transforms need for themselves.</summary>
    public const int MemoryElements = Points * ChannelStep;

    /// <summary>See <see cref="WinogradTransform{T}.OfSource"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformSource(float* source, nint rowStride, nint positionStride, int channels, float* memory, float* destination, nint pointStride)
    {
        switch (InstructionSets.Best)
        {
            case InstructionSet.Avx512:
                WinogradTransform<Lanes512>.OfSource(source, rowStride, positionStride, channels, memory, destination, pointStride);
                break;
            case InstructionSet.Avx2:
                WinogradTransform<Lanes256>.OfSource(source, rowStride, positionStride, channels, memory, destination, pointStride);
                break;
            default:
                WinogradTransform<ScalarLane>.OfSource(source, rowStride, positionStride, channels, memory, destination, pointStride);
                break;
        }
    }

    /// <summary>See <see cref="WinogradTransform{T}.OfWeights"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformWeights(
        int pair, float* weights, nint tapStride, int channels, float* destination, nint pointStride, nint stride, nint halves)
    {
        switch (InstructionSets.Best)
        {
            case InstructionSet.Avx512:
                WinogradTransform<Lanes512>.OfWeights(pair, weights, tapStride, channels, destination, pointStride, stride, halves);
                break;
            case InstructionSet.Avx2:
                WinogradTransform<Lanes256>.OfWeights(pair, weights, tapStride, channels, destination, pointStride, stride, halves);
                break;
            default:
                WinogradTransform<ScalarLane>.OfWeights(pair, weights, tapStride, channels, destination, pointStride, stride, halves);
                break;
        }
    }

    /// <summary>See <see cref="WinogradTransform{T}.OfSums"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TransformSums(float* sums, nint pointStride, float* memory, float* destination, nint rowStride)
    {
        switch (InstructionSets.Best)
        {
            case InstructionSet.Avx512:
                WinogradTransform<Lanes512>.OfSums(sums, pointStride, memory, destination, rowStride);
                break;
            case InstructionSet.Avx2:
                WinogradTransform<Lanes256>.OfSums(sums, pointStride, memory, destination, rowStride);
                break;
            default:
                WinogradTransform<ScalarLane>.OfSums(sums, pointStride, memory, destination, rowStride);
                break;
        }
    }
}
