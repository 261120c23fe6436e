using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>Definitions of the normalisations.</summary>
internal static class ReferenceNormOperations
{
    /// <summary>Each image's groups of channels to mean 0 and (biased) variance 1, then x · γ + β.</summary>
    public static void GroupNorm(Value shape, float[] x, float[] gamma, float[] beta, int groups, float epsilon, float[] y)
    {
        int channels = shape.Channels;
        int width = channels / groups;
        Parallel.For(0, shape.Batch * groups, group =>
        {
            int firstRow = group / groups * shape.Positions;
            int firstChannel = group % groups * width;
            Normalise(x, gamma, beta, epsilon, y, firstRow, shape.Positions, channels, firstChannel, width);
        });
    }

    /// <summary>Each row to mean 0 and (biased) variance 1, then x · γ + β.</summary>
    public static void LayerNorm(Value shape, float[] x, float[] gamma, float[] beta, float epsilon, float[] y) =>
        Parallel.For(0, shape.Rows, row => Normalise(x, gamma, beta, epsilon, y, row, 1, shape.Channels, 0, shape.Channels));

    /// <summary>(y · (m + 1) + a) · s + raw · (1 − s), in place; a row of the modulation holds m, then a.</summary>
    public static void Modulate(int channels, float[] modulation, float[] raw, float scale, float[] y) =>
        Parallel.For(0, y.Length / channels, row =>
        {
            for (int c = 0; c < channels; c++)
            {
                int i = (row * channels) + c;
                double m = modulation[(2 * row * channels) + c];
                double a = modulation[(2 * row * channels) + channels + c];
                y[i] = (float)((((y[i] * (m + 1)) + a) * scale) + (raw[i] * (1 - (double)scale)));
            }
        });

    private static void Normalise(
        float[] x, float[] gamma, float[] beta, float epsilon, float[] y, int firstRow, int rows, int channels, int firstChannel, int width)
    {
        double sum = 0;
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            for (int c = firstChannel; c < firstChannel + width; c++)
            {
                sum += x[(row * channels) + c];
            }
        }

        double mean = sum / ((double)rows * width);
        double squares = 0;
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            for (int c = firstChannel; c < firstChannel + width; c++)
            {
                double deviation = x[(row * channels) + c] - mean;
                squares += deviation * deviation;
            }
        }

        double factor = 1 / Math.Sqrt((squares / ((double)rows * width)) + epsilon);
        for (int row = firstRow; row < firstRow + rows; row++)
        {
            for (int c = firstChannel; c < firstChannel + width; c++)
            {
                int i = (row * channels) + c;
                y[i] = (float)(((x[i] - mean) * factor * gamma[c]) + beta[c]);
            }
        }
    }
}
