using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Kernels;

namespace Supir.Engine.Cpu.Operations;

/// <summary>What the statistics of a normalisation are made of: for every image, chunk of its positions and channel, a number r of the chunk and the
/// sums of x − r and (x − r)².</summary>
/// <remarks>Because of r nothing cancels where numbers are far from 0 and close to each other. Chunks follow from sizes alone, and each is
/// summed by one thread, so the sums are the same bytes on any number of threads.</remarks>
internal sealed unsafe class NormSums
{
    /// <summary>Positions added in single precision before they go into a double.</summary>
    private const int PositionsPerRun = 64;

    /// <summary>Elements that are gone through channel by channel: few enough that rows are read from memory as they lie there, one after the other.</summary>
    private const int ElementsAtOnce = 512;
    private const int LeastRowsAtOnce = 4;

    private const int Kinds = 3;

    private readonly double* _memory;
    private readonly int[] _positions;

    /// <summary>Describes them.</summary>
    /// <param name="memory">Where they lie, [image][chunk][r, sums, squares][channel].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="positions">The positions of each chunk of an image.</param>
    public NormSums(double* memory, int channels, int[] positions)
    {
        _memory = memory;
        _positions = positions;
        Channels = channels;
    }

    /// <summary>Chunks of an image.</summary>
    public int Chunks => _positions.Length;

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Bytes for so many images, chunks and channels.</summary>
    public static long BytesFor(int batch, int chunks, int channels) => (long)batch * chunks * Kinds * channels * sizeof(double);

    /// <summary>Bytes that <see cref="Add"/> needs for so many channels.</summary>
    public static long ScratchBytesFor(int channels) => 2L * channels * sizeof(float);

    /// <summary>The positions of a chunk.</summary>
    public int PositionsOf(int chunk) => _positions[chunk];

    /// <summary>r of every channel in a chunk.</summary>
    public double* References(int image, int chunk) => _memory + ((((long)image * Chunks) + chunk) * Kinds * Channels);

    /// <summary>The sums of x − r.</summary>
    public double* Sums(int image, int chunk) => References(image, chunk) + Channels;

    /// <summary>The sums of (x − r)².</summary>
    public double* Squares(int image, int chunk) => Sums(image, chunk) + Channels;

    /// <summary>Takes some channels' r, and sets their sums to 0.</summary>
    /// <param name="image">The image.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="reference">These channels at a position of the chunk.</param>
    public void Begin(int image, int chunk, int channel, int channels, float* reference)
    {
        double* references = References(image, chunk) + channel;
        for (int c = 0; c < channels; c++)
        {
            references[c] = reference[c];
        }

        new Span<double>(Sums(image, chunk) + channel, channels).Clear();
        new Span<double>(Squares(image, chunk) + channel, channels).Clear();
    }

    /// <summary>Adds some channels of positions that follow each other.</summary>
    /// <param name="image">The image.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="channels">How many.</param>
    /// <param name="reference">What <see cref="Begin"/> was given.</param>
    /// <param name="first">These channels at the first position.</param>
    /// <param name="stride">Elements from a position to the next.</param>
    /// <param name="positions">How many positions.</param>
    /// <param name="scratch">Memory of the thread.</param>
    public void Add(int image, int chunk, int channel, int channels, float* reference, float* first, int stride, int positions, float* scratch)
    {
        float* runSums = scratch;
        float* runSquares = scratch + channels;
        double* sums = Sums(image, chunk) + channel;
        double* squares = Squares(image, chunk) + channel;
        for (int start = 0; start < positions; start += PositionsPerRun)
        {
            new Span<float>(scratch, 2 * channels).Clear();
            AddRun(first + ((nint)start * stride), stride, Math.Min(PositionsPerRun, positions - start), channels, reference, runSums, runSquares);
            for (int c = 0; c < channels; c++)
            {
                sums[c] += runSums[c];
                squares[c] += runSquares[c];
            }
        }
    }

    private static void AddRun(float* first, int stride, int positions, int channels, float* reference, float* sums, float* squares)
    {
        int vectors = Vector256.IsHardwareAccelerated ? channels / Lanes256.Count * Lanes256.Count : 0;
        int wide = vectors / (4 * Lanes256.Count) * 4 * Lanes256.Count;
        int rows = Math.Clamp(ElementsAtOnce / channels, LeastRowsAtOnce, PositionsPerRun);
        for (int position = 0; position < positions; position += rows)
        {
            float* row = first + ((nint)position * stride);
            int count = Math.Min(rows, positions - position);
            ChannelSums<Lanes256>.AddFour(row, stride, count, wide, reference, sums, squares);
            ChannelSums<Lanes256>.AddOne(row + wide, stride, count, vectors - wide, reference + wide, sums + wide, squares + wide);
            ChannelSums<ScalarLane>.AddOne(row + vectors, stride, count, channels - vectors, reference + vectors, sums + vectors, squares + vectors);
        }
    }
}
