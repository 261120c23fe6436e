using System.Numerics;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Color;

/// <summary>The content's detail over the style's coarse colours: content − blur(content) + blur(style).</summary>
/// <remarks>blur = five times [1 2 1] ⊗ [1 2 1] / 16 with its taps 1, 2, 4, 8 and 16 pixels apart, edges repeated (the à trous wavelet).
/// The reference sums the content's five detail bands, which telescope to content − blur(content); blur is linear, so the whole is
/// content + blur(style − content): one blur instead of two. Source: <c>wavelet_reconstruction</c>, SUPIR/utils/colorfix.py
/// (SUPIR @ bda91af).</remarks>
internal static class WaveletColorFix
{
    private const int Levels = 5;
    private const int Channels = FloatImage.Channels;

    public static FloatImage Apply(FloatImage content, FloatImage style)
    {
        FloatImage low = new(content.Width, content.Height);
        Combine(style.Pixels, content.Pixels, low.Pixels, -1f);
        FloatImage blurred = new(content.Width, content.Height);
        for (int level = 0; level < Levels; level++)
        {
            Blur(low, blurred, 1 << level);
            (low, blurred) = (blurred, low);
        }

        Combine(low.Pixels, content.Pixels, low.Pixels, 1f);
        return low;
    }

    // Columns first, then the row: repeating edge pixels commutes with both.
    private static void Blur(FloatImage source, FloatImage result, int radius)
    {
        int width = source.Width * Channels;
        int margin = radius * Channels;
        float[] padded = new float[width + (2 * margin)];
        Span<float> middle = padded.AsSpan(margin, width);
        for (int y = 0; y < source.Height; y++)
        {
            Smooth(source.Row(Math.Max(y - radius, 0)), source.Row(y), source.Row(Math.Min(y + radius, source.Height - 1)), middle);
            for (int i = 0; i < margin; i++)
            {
                padded[i] = middle[i % Channels];
                padded[margin + width + i] = middle[width - Channels + (i % Channels)];
            }

            Smooth(padded, middle, padded.AsSpan(2 * margin), result.Row(y));
        }
    }

    /// <summary>result = (before + 2 · centre + after) / 4.</summary>
    private static void Smooth(ReadOnlySpan<float> before, ReadOnlySpan<float> centre, ReadOnlySpan<float> after, Span<float> result)
    {
        int i = 0;
        for (; i <= result.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = (new Vector<float>(before[i..]) + new Vector<float>(after[i..])) * 0.25f;
            (sum + (new Vector<float>(centre[i..]) * 0.5f)).CopyTo(result[i..]);
        }

        for (; i < result.Length; i++)
        {
            result[i] = ((before[i] + after[i]) * 0.25f) + (centre[i] * 0.5f);
        }
    }

    /// <summary>result = left + sign · right.</summary>
    private static void Combine(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, float sign)
    {
        int i = 0;
        for (; i <= result.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(left[i..]) + (new Vector<float>(right[i..]) * sign)).CopyTo(result[i..]);
        }

        for (; i < result.Length; i++)
        {
            result[i] = left[i] + (right[i] * sign);
        }
    }
}
