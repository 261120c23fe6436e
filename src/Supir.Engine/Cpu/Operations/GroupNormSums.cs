using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>First half of a group normalisation, where no convolution has done it while it wrote its result: the sums of every chunk.</summary>
internal sealed unsafe class GroupNormSums(ChannelParts source, NormSums sums, int batch, int positions) : CpuOperation
{
    /// <summary>Positions of a chunk at least, where there are so many.</summary>
    private const int LeastPositions = 64;

    /// <summary>Chunks of an image to aim at.</summary>
    private const int WantedChunks = 32;

    /// <inheritdoc/>
    public override string Name => $"groupnorm sums {batch}x{positions}x{source.Channels}";

    /// <inheritdoc/>
    public override int Units => batch * sums.Chunks;

    /// <summary>The positions of each chunk of an image.</summary>
    public static int[] ChunksOf(int positions)
    {
        int chunks = Math.Clamp(positions / LeastPositions, 1, WantedChunks);
        int[] lengths = new int[chunks];
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            lengths[chunk] = Cut(positions, chunk + 1, chunks) - Cut(positions, chunk, chunks);
        }

        return lengths;
    }

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int image = unit / sums.Chunks;
        int chunk = unit % sums.Chunks;
        long row = ((long)image * positions) + Cut(positions, chunk, sums.Chunks);
        int channel = 0;
        foreach (MatrixView part in source.Parts)
        {
            float* first = part.Row(row);
            sums.Begin(image, chunk, channel, part.Channels, first);
            sums.Add(image, chunk, channel, part.Channels, first, first, part.RowStride, sums.PositionsOf(chunk), (float*)scratch);
            channel += part.Channels;
        }
    }
}
