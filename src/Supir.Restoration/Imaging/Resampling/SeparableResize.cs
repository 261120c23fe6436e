using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Supir.Restoration.Imaging;

/// <summary>Fills one row of [width, 3] floats.</summary>
internal delegate void ReadRow(int y, Span<float> row);

/// <summary>Resizes along rows, then along columns, in single precision.</summary>
internal static class SeparableResize
{
    private const int Channels = FloatImage.Channels;

    /// <summary>A pixel in a vector register: three colours and one lane that nobody looks at.</summary>
    private const int Lanes = 4;

    /// <summary>out[y, x] = Σᵢ wᵢ · (Σⱼ wⱼ · in[yᵢ, xⱼ]), taps summed in their order, every product and sum rounded apart.</summary>
    /// <param name="source">Gives the source's rows from first to last, each once.</param>
    /// <param name="width">The source's pixels a row.</param>
    /// <param name="height">The source's rows.</param>
    /// <param name="horizontal">Taps along a row; its outputs are the result's width.</param>
    /// <param name="vertical">Taps along a column; its outputs are the result's height.</param>
    public static FloatImage Run(ReadRow source, int width, int height, ResampleTaps horizontal, ResampleTaps vertical)
    {
        float[] row = new float[width * Channels];
        float[] pixels = new float[width * Lanes];
        float[] weights = [.. horizontal.Weights.Select(static weight => (float)weight)];
        int stride = horizontal.Outputs * Channels;

        // One float more than the rows: the last pixel's fourth lane is written behind it.
        float[] narrowed = new float[checked((stride * height) + 1)];
        for (int y = 0; y < height; y++)
        {
            source(y, row);
            for (int x = 0; x < width; x++)
            {
                row.AsSpan(x * Channels, Channels).CopyTo(pixels.AsSpan(x * Lanes));
            }

            ResizeRow(pixels, horizontal, weights, narrowed.AsSpan(y * stride, stride + 1));
        }

        FloatImage result = new(horizontal.Outputs, vertical.Outputs);
        for (int y = 0; y < vertical.Outputs; y++)
        {
            SumRows(narrowed, stride, vertical, y, result.Row(y));
        }

        return result;
    }

    // The fourth lane of each pixel lands on the next one's first, which is written after it.
    private static void ResizeRow(ReadOnlySpan<float> pixels, ResampleTaps taps, ReadOnlySpan<float> weights, Span<float> result)
    {
        ref float source = ref MemoryMarshal.GetReference(pixels);
        ref float destination = ref MemoryMarshal.GetReference(result);
        int perOutput = taps.PerOutput;
        for (int x = 0; x < taps.Outputs; x++)
        {
            ReadOnlySpan<int> at = taps.Indices.AsSpan(x * perOutput, perOutput);
            ReadOnlySpan<float> by = weights.Slice(x * perOutput, perOutput);
            Vector128<float> sum = Vector128<float>.Zero;
            for (int j = 0; j < at.Length; j++)
            {
                sum += Vector128.LoadUnsafe(ref source, (nuint)(at[j] * Lanes)) * by[j];
            }

            sum.StoreUnsafe(ref destination, (nuint)(x * Channels));
        }
    }

    private static void SumRows(ReadOnlySpan<float> rows, int stride, ResampleTaps taps, int output, Span<float> result)
    {
        ReadOnlySpan<int> at = taps.Indices.AsSpan(output * taps.PerOutput, taps.PerOutput);
        ReadOnlySpan<double> by = taps.Weights.AsSpan(output * taps.PerOutput, taps.PerOutput);
        int i = 0;
        for (; i <= stride - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = Vector<float>.Zero;
            for (int j = 0; j < at.Length; j++)
            {
                sum += new Vector<float>(rows[((at[j] * stride) + i)..]) * (float)by[j];
            }

            sum.CopyTo(result[i..]);
        }

        for (; i < stride; i++)
        {
            float sum = 0f;
            for (int j = 0; j < at.Length; j++)
            {
                sum += rows[(at[j] * stride) + i] * (float)by[j];
            }

            result[i] = sum;
        }
    }
}
