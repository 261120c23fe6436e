using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>First half of a group normalisation: for every channel, over a chunk of positions, the sums of x − r and (x − r)².</summary>
/// <remarks>r is the channel's number at the image's first position: so nothing cancels where numbers are far from 0 and close to each other.</remarks>
internal sealed unsafe class GroupNormSums : CpuOperation
{
    private const int Lanes = 8;

    /// <summary>Positions added in single precision before they go into a double.</summary>
    private const int PositionsPerRun = 64;

    /// <summary>Chunks of an image to aim at.</summary>
    private const int WantedChunks = 32;

    private readonly ChannelParts _source;
    private readonly double* _sums;
    private readonly int _batch;
    private readonly int _positions;

    /// <summary>Describes the sums; <paramref name="sums"/> is [image][chunk][2][channel].</summary>
    public GroupNormSums(ChannelParts source, double* sums, int batch, int positions)
    {
        _source = source;
        _sums = sums;
        _batch = batch;
        _positions = positions;
        Chunks = ChunksOf(positions);
    }

    /// <summary>Chunks of an image.</summary>
    public int Chunks { get; }

    /// <inheritdoc/>
    public override string Name => $"groupnorm sums {_batch}x{_positions}x{_source.Channels}";

    /// <inheritdoc/>
    public override int Units => _batch * Chunks;

    /// <summary>Bytes that a thread needs for so many channels.</summary>
    public static long ScratchBytesFor(int channels) => 2L * AlignedMemory.Align((long)channels * sizeof(float));

    /// <summary>Chunks of an image of so many positions.</summary>
    public static int ChunksOf(int positions) => Math.Clamp(positions / PositionsPerRun, 1, WantedChunks);

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int image = unit / Chunks;
        int chunk = unit % Chunks;
        int channels = _source.Channels;
        double* sums = _sums + ((long)unit * 2 * channels);
        new Span<double>(sums, 2 * channels).Clear();
        float* runSums = (float*)scratch;
        float* runSquares = (float*)(scratch + (ScratchBytesFor(channels) / 2));
        int end = Cut(_positions, chunk + 1, Chunks);
        for (int start = Cut(_positions, chunk, Chunks); start < end; start += PositionsPerRun)
        {
            new Span<float>(runSums, channels).Clear();
            new Span<float>(runSquares, channels).Clear();
            int firstChannel = 0;
            foreach (MatrixView part in _source.Parts)
            {
                float* reference = part.Row((long)image * _positions);
                for (int position = start; position < Math.Min(end, start + PositionsPerRun); position++)
                {
                    float* row = part.Row(((long)image * _positions) + position);
                    AddRow(row, reference, part.Channels, runSums + firstChannel, runSquares + firstChannel);
                }

                firstChannel += part.Channels;
            }

            for (int channel = 0; channel < channels; channel++)
            {
                sums[channel] += runSums[channel];
                sums[channels + channel] += runSquares[channel];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float* row, float* reference, int channels, float* sums, float* squares)
    {
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; c + Lanes <= channels; c += Lanes)
            {
                Vector256<float> x = Vector256.Load(row + c) - Vector256.Load(reference + c);
                (Vector256.Load(sums + c) + x).Store(sums + c);
                Vector256.FusedMultiplyAdd(x, x, Vector256.Load(squares + c)).Store(squares + c);
            }
        }

        for (; c < channels; c++)
        {
            float x = row[c] - reference[c];
            sums[c] += x;
            squares[c] = MathF.FusedMultiplyAdd(x, x, squares[c]);
        }
    }
}
