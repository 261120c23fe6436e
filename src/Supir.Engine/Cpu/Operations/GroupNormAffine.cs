using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Second half of a group normalisation: from the sums, a factor and a summand for every image and channel,
/// so that normalising is x · scale + shift wherever x is read next.</summary>
internal sealed unsafe class GroupNormAffine(
    double* sums, int batch, int chunks, int positions, int groups, float epsilon, float[] gamma, float[] beta, MatrixView scale, MatrixView shift)
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
        double count = (double)positions * channelsPerGroup;
        for (int group = 0; group < groups; group++)
        {
            double sum = 0;
            double squares = 0;
            int first = group * channelsPerGroup;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                double* chunkSums = imageSums + ((long)chunk * 2 * channels);
                for (int channel = first; channel < first + channelsPerGroup; channel++)
                {
                    sum += chunkSums[channel];
                    squares += chunkSums[channels + channel];
                }
            }

            double mean = sum / count;
            double variance = Math.Max(0, (squares / count) - (mean * mean));
            double inverseDeviation = 1.0 / Math.Sqrt(variance + epsilon);
            for (int channel = first; channel < first + channelsPerGroup; channel++)
            {
                double factor = gamma[channel] * inverseDeviation;
                scaleRow[channel] = (float)factor;
                shiftRow[channel] = (float)(beta[channel] - (mean * factor));
            }
        }
    }
}
