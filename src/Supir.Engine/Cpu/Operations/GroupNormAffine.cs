using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Second half of a group normalisation: from the sums, a factor and a summand for every image and channel,
/// so that normalising is x · scale + shift wherever x is read next.</summary>
internal sealed unsafe class GroupNormAffine(
    NormSums sums, int batch, int groups, float epsilon, float[] gamma, float[] beta, MatrixView scale, MatrixView shift)
    : CpuOperation
{
    /// <inheritdoc/>
    public override string Name => $"groupnorm affine {batch}x{gamma.Length}";

    /// <inheritdoc/>
    public override int Units => batch;

    /// <summary>Bytes that a thread needs for so many channels.</summary>
    public static long ScratchBytesFor(int channels) => 2L * channels * sizeof(double);

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int channelsPerGroup = gamma.Length / groups;
        double* means = (double*)scratch;
        double* squares = means + gamma.Length;
        double count = AddTotals(unit, means) * channelsPerGroup;
        for (int first = 0; first < gamma.Length; first += channelsPerGroup)
        {
            Span<double> group = new(means + first, channelsPerGroup);
            group.Fill(SumOf(group) / count);
        }

        AddSquares(unit, means, squares);
        for (int first = 0; first < gamma.Length; first += channelsPerGroup)
        {
            double variance = Math.Max(0, SumOf(new Span<double>(squares + first, channelsPerGroup)) / count);
            double inverseDeviation = 1.0 / Math.Sqrt(variance + epsilon);
            for (int channel = first; channel < first + channelsPerGroup; channel++)
            {
                double factor = gamma[channel] * inverseDeviation;
                scale.Row(unit)[channel] = (float)factor;
                shift.Row(unit)[channel] = (float)(beta[channel] - (means[channel] * factor));
            }
        }
    }

    private static double SumOf(ReadOnlySpan<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    /// <summary>Σ x = Σ (x − r) + n r of every channel, over all chunks in their order; returns the positions.</summary>
    private double AddTotals(int image, double* totals)
    {
        int channels = gamma.Length;
        double positions = 0;
        new Span<double>(totals, channels).Clear();
        for (int chunk = 0; chunk < sums.Chunks; chunk++)
        {
            double* r = sums.References(image, chunk);
            double* s = sums.Sums(image, chunk);
            double n = sums.PositionsOf(chunk);
            positions += n;
            int c = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; c + Vector256<double>.Count <= channels; c += Vector256<double>.Count)
                {
                    (Vector256.Load(totals + c) + ((Vector256.Load(r + c) * n) + Vector256.Load(s + c))).Store(totals + c);
                }
            }

            for (; c < channels; c++)
            {
                totals[c] += (r[c] * n) + s[c];
            }
        }

        return positions;
    }

    /// <summary>Σ (x − mean)² = Σ (x − r)² + 2 (r − mean) Σ (x − r) + n (r − mean)², a sum of what is small where the spread is small.</summary>
    private void AddSquares(int image, double* means, double* totals)
    {
        int channels = gamma.Length;
        new Span<double>(totals, channels).Clear();
        for (int chunk = 0; chunk < sums.Chunks; chunk++)
        {
            double* r = sums.References(image, chunk);
            double* s = sums.Sums(image, chunk);
            double* q = sums.Squares(image, chunk);
            double n = sums.PositionsOf(chunk);
            int c = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                for (; c + Vector256<double>.Count <= channels; c += Vector256<double>.Count)
                {
                    Vector256<double> offset = Vector256.Load(r + c) - Vector256.Load(means + c);
                    Vector256<double> sum = Vector256.Load(s + c);
                    (Vector256.Load(totals + c) + (Vector256.Load(q + c) + (offset * (sum + sum + (offset * n))))).Store(totals + c);
                }
            }

            for (; c < channels; c++)
            {
                double offset = r[c] - means[c];
                totals[c] += q[c] + (offset * (s[c] + s[c] + (offset * n)));
            }
        }
    }
}
