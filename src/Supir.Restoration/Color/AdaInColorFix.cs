using Supir.Restoration.Imaging;

namespace Supir.Restoration.Color;

/// <summary>Adaptive instance normalisation: (content − mean_c) / deviation_c · deviation_s + mean_s, channel by channel.</summary>
/// <remarks>Deviation = √(variance + 1e-5) with the unbiased variance (n − 1). Sums run in double precision. Source:
/// Huang and Belongie 2017, arXiv:1703.06868; <c>adaptive_instance_normalization</c>, SUPIR/utils/colorfix.py (SUPIR @ bda91af).</remarks>
internal static class AdaInColorFix
{
    private const double Epsilon = 1e-5;
    private const int Channels = FloatImage.Channels;

    public static FloatImage Apply(FloatImage content, FloatImage style)
    {
        FloatImage result = new(content.Width, content.Height);
        ReadOnlySpan<float> source = content.Pixels;
        Span<float> pixels = result.Pixels;
        for (int channel = 0; channel < Channels; channel++)
        {
            (double contentMean, double contentDeviation) = Measure(source, channel);
            (double styleMean, double styleDeviation) = Measure(style.Pixels, channel);
            float scale = (float)(styleDeviation / contentDeviation);
            float offset = (float)(styleMean - (contentMean * styleDeviation / contentDeviation));
            for (int i = channel; i < pixels.Length; i += Channels)
            {
                pixels[i] = (source[i] * scale) + offset;
            }
        }

        return result;
    }

    private static (double Mean, double Deviation) Measure(ReadOnlySpan<float> pixels, int channel)
    {
        double sum = 0.0;
        for (int i = channel; i < pixels.Length; i += Channels)
        {
            sum += pixels[i];
        }

        int count = pixels.Length / Channels;
        double mean = sum / count;
        double squares = 0.0;
        for (int i = channel; i < pixels.Length; i += Channels)
        {
            double difference = pixels[i] - mean;
            squares += difference * difference;
        }

        // torch's unbiased variance of a single pixel is NaN; 0 leaves a picture.
        double variance = count > 1 ? squares / (count - 1) : 0.0;
        return (mean, Math.Sqrt(variance + Epsilon));
    }
}
