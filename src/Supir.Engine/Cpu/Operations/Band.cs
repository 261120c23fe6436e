using System.Runtime.CompilerServices;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>What a convolution's kernel sees of the source for some rows and columns of the result, with its zero border: [row][column][channel].</summary>
/// <param name="memory">Where it lies.</param>
/// <param name="shape">The convolution.</param>
/// <param name="firstRow">The first row of the result.</param>
/// <param name="endRow">The row behind the last one.</param>
/// <param name="firstColumn">The first column of the result.</param>
/// <param name="endColumn">The column behind the last one.</param>
/// <param name="stride">Elements from a position to the next.</param>
internal readonly unsafe ref struct Band(float* memory, ConvolutionShape shape, int firstRow, int endRow, int firstColumn, int endColumn, int stride)
{
    private readonly int _firstSeenRow = (firstRow * shape.Options.Stride) - shape.Options.PadTop;
    private readonly int _firstSeenColumn = (firstColumn * shape.Options.Stride) - shape.Options.PadLeft;

    /// <summary>Columns.</summary>
    public int Width { get; } = shape.BandWidth(endColumn - firstColumn);

    /// <summary>What the first tap sees for a place of the result.</summary>
    public float* At(int row, int column) =>
        memory + ((((long)(row - firstRow) * Width) + (column - firstColumn)) * shape.Options.Stride * stride);

    /// <summary>Copies channels [start, start + channels) of it, normalised, activated and doubled as asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(MatrixView source, int image, NormPrologue prologue, int start, int channels)
    {
        int height = shape.BandHeight(endRow - firstRow);
        bool isDoubled = shape.Options.UpsampleNearest2x;
        int left = Math.Clamp(-_firstSeenColumn, 0, Width);
        int end = Math.Clamp(shape.SeenWidth - _firstSeenColumn, left, Width);
        for (int i = 0; i < height; i++)
        {
            float* target = memory + ((long)i * Width * stride);
            int seenRow = _firstSeenRow + i;
            if ((uint)seenRow >= (uint)shape.SeenHeight)
            {
                new Span<float>(target, Width * stride).Clear();
                continue;
            }

            new Span<float>(target, left * stride).Clear();
            new Span<float>(target + (end * stride), (Width - end) * stride).Clear();
            int sourceRow = isDoubled ? seenRow / 2 : seenRow;
            long position = (((long)image * shape.Height) + sourceRow) * shape.Width;
            for (int x = left; x < end; x++)
            {
                int seen = _firstSeenColumn + x;
                float* place = target + (x * stride);
                if (isDoubled && x > left && seen % 2 == 1)
                {
                    new Span<float>(place - stride, channels).CopyTo(new Span<float>(place, channels));
                }
                else
                {
                    prologue.Copy(source.Row(position + (isDoubled ? seen / 2 : seen)) + start, place, image, start, channels);
                }
            }
        }
    }
}
