using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Second half of a group normalisation: from the sums, a factor and a summand for every image and channel,
/// so that normalising is x · scale + shift wherever x is read next.</summary>
internal sealed unsafe class GroupNormAffine(
    ChannelParts source, double* sums, int batch, int chunks, int positions, int groups, float epsilon, float[] gamma, float[] beta, MatrixView scale, MatrixView shift)
    : CpuOperation
{
    /// <inheritdoc/>
    public override string Name => $"groupnorm affine {batch}x{gamma.Length}";

    /// <inheritdoc/>
    public override int Units => batch;

    /// <inheritdoc/>
    public override void Run(int unit, byte* scratch)
    {
        int channels = gamma.Length;
        int channelsPerGroup = channels / groups;
        double* imageSums = sums + ((long)unit * chunks * 2 * channels);
        float* scaleRow = scale.Row(unit);
        float* shiftRow = shift.Row(unit);
        double[] references = References(unit);
        double count = (double)positions * channelsPerGroup;
        for (int group = 0; group < groups; group++)
        {
            int first = group * channelsPerGroup;
            double mean = 0;
            for (int channel = first; channel < first + channelsPerGroup; channel++)
            {
                mean += (references[channel] * positions) + SumOf(imageSums, channel);
            }

            // Σ (x − mean)² = Σ (x − r)² + 2 (r − mean) Σ (x − r) + n (r − mean)², a sum of what is small where the spread is small.
            mean /= count;
            double squares = 0;
            for (int channel = first; channel < first + channelsPerGroup; channel++)
            {
                double offset = references[channel] - mean;
                squares += SumOf(imageSums, channels + channel) + (2 * offset * SumOf(imageSums, channel)) + (positions * offset * offset);
            }

            double variance = Math.Max(0, squares / count);
            double inverseDeviation = 1.0 / Math.Sqrt(variance + epsilon);
            for (int channel = first; channel < first + channelsPerGroup; channel++)
            {
                double factor = gamma[channel] * inverseDeviation;
                scaleRow[channel] = (float)factor;
                shiftRow[channel] = (float)(beta[channel] - (mean * factor));
            }
        }
    }

    /// <summary>What <see cref="GroupNormSums"/> took from every channel.</summary>
    private double[] References(int image)
    {
        double[] references = new double[gamma.Length];
        int first = 0;
        foreach (MatrixView part in source.Parts)
        {
            float* row = part.Row((long)image * positions);
            for (int channel = 0; channel < part.Channels; channel++)
            {
                references[first + channel] = row[channel];
            }

            first += part.Channels;
        }

        return references;
    }

    private double SumOf(double* imageSums, int entry)
    {
        double sum = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            sum += imageSums[((long)chunk * 2 * gamma.Length) + entry];
        }

        return sum;
    }
}
