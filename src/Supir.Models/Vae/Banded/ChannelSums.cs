using System.Numerics;
using Supir.Models.Layers;

namespace Supir.Models.Vae.Banded;

/// <summary>Sums and sums of squares of every channel, from which the statistics of a group normalisation follow.</summary>
internal sealed class ChannelSums(int channels)
{
    /// <summary>Positions added in single precision before they go into a double.</summary>
    private const int PositionsPerRun = 64;

    private readonly double[] _sums = new double[channels];
    private readonly double[] _squares = new double[channels];
    private readonly float[] _runSums = new float[channels];
    private readonly float[] _runSquares = new float[channels];
    private long _positions;

    /// <summary>Adds positions, [positions, channels].</summary>
    public void Add(ReadOnlySpan<float> positions)
    {
        for (int start = 0; start < positions.Length; start += PositionsPerRun * channels)
        {
            Array.Clear(_runSums);
            Array.Clear(_runSquares);
            ReadOnlySpan<float> run = positions[start..Math.Min(positions.Length, start + (PositionsPerRun * channels))];
            for (int position = 0; position < run.Length; position += channels)
            {
                AddPosition(run.Slice(position, channels));
            }

            for (int channel = 0; channel < channels; channel++)
            {
                _sums[channel] += _runSums[channel];
                _squares[channel] += _runSquares[channel];
            }
        }

        _positions += positions.Length / channels;
    }

    /// <summary>The normalisation as one factor and one summand a channel: norm(x) = x · scale + shift.</summary>
    public (float[] Scale, float[] Shift) Affine(GroupNorm norm)
    {
        float[] gamma = norm.Gamma.ToFloats();
        float[] beta = norm.Beta.ToFloats();
        float[] scale = new float[channels];
        float[] shift = new float[channels];
        int width = channels / GroupNorm.Groups;
        for (int first = 0; first < channels; first += width)
        {
            double count = (double)_positions * width;
            double mean = _sums.AsSpan(first, width).ToArray().Sum() / count;
            double variance = Math.Max(0, (_squares.AsSpan(first, width).ToArray().Sum() / count) - (mean * mean));
            double inverseDeviation = 1 / Math.Sqrt(variance + norm.Epsilon);
            for (int channel = first; channel < first + width; channel++)
            {
                double factor = gamma[channel] * inverseDeviation;
                scale[channel] = (float)factor;
                shift[channel] = (float)(beta[channel] - (mean * factor));
            }
        }

        return (scale, shift);
    }

    private void AddPosition(ReadOnlySpan<float> position)
    {
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<float> x = new(position[c..]);
            (new Vector<float>(_runSums, c) + x).CopyTo(_runSums, c);
            (new Vector<float>(_runSquares, c) + (x * x)).CopyTo(_runSquares, c);
        }

        for (; c < channels; c++)
        {
            _runSums[c] += position[c];
            _runSquares[c] += position[c] * position[c];
        }
    }
}
