using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Supir.Restoration.Imaging;

/// <summary>Resizes 8-bit pictures to the same bytes as Pillow's <c>Image.resize(size, Image.BICUBIC)</c>: antialiased, a = −0.5.</summary>
/// <remarks>Pillow rounds the weights to 22 fractional bits and sums integers; it rounds and clips to a byte after the rows and
/// again after the columns. Source: src/libImaging/Resample.c (Pillow 10).</remarks>
public static class PillowBicubic
{
    private const int Channels = Picture.Channels;

    /// <summary>A pixel in a vector register: three colours and one lane that nobody looks at.</summary>
    private const int Lanes = 4;

    /// <summary>Fractional bits of a weight: 32 less 8 for the byte and 2 for overshoot.</summary>
    private const int PrecisionBits = 22;

    private const int Half = 1 << (PrecisionBits - 1);

    /// <summary>The picture at another size, without alpha.</summary>
    /// <param name="picture">The picture; its alpha is dropped.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    public static Picture Resize(Picture picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);

        ResampleTaps horizontal = ResampleTaps.Antialiased(ResampleKernel.Bicubic, picture.Width, width);
        ResampleTaps vertical = ResampleTaps.Antialiased(ResampleKernel.Bicubic, picture.Height, height);
        int stride = width * Channels;
        int[] pixels = new int[picture.Width * Lanes];
        int[] horizontalWeights = FixedPoint(horizontal);

        // One level more than the rows: the last pixel's fourth lane is written behind it.
        int[] narrowed = new int[checked((stride * picture.Height) + 1)];
        for (int y = 0; y < picture.Height; y++)
        {
            Widen(picture.Row(y), pixels);
            ResizeRow(pixels, horizontal, horizontalWeights, narrowed.AsSpan(y * stride, stride + 1));
        }

        byte[] result = new byte[checked(stride * height)];
        int[] verticalWeights = FixedPoint(vertical);
        int[] row = new int[stride];
        for (int y = 0; y < height; y++)
        {
            SumRows(narrowed, vertical, verticalWeights, y, row);
            for (int i = 0; i < stride; i++)
            {
                result[(y * stride) + i] = (byte)row[i];
            }
        }

        return new Picture(width, height, result, null, picture.Format);
    }

    // Rounded half away from zero.
    private static int[] FixedPoint(ResampleTaps taps) =>
        [.. taps.Weights.Select(static weight => (int)((weight * (1 << PrecisionBits)) + (weight < 0 ? -0.5 : 0.5)))];

    private static void Widen(ReadOnlySpan<byte> row, Span<int> pixels)
    {
        for (int x = 0, i = 0; i < row.Length; x += Lanes, i += Channels)
        {
            pixels[x] = row[i];
            pixels[x + 1] = row[i + 1];
            pixels[x + 2] = row[i + 2];
        }
    }

    // The fourth lane of each pixel lands on the next one's first, which is written after it.
    private static void ResizeRow(ReadOnlySpan<int> pixels, ResampleTaps taps, ReadOnlySpan<int> weights, Span<int> result)
    {
        ref int source = ref MemoryMarshal.GetReference(pixels);
        ref int destination = ref MemoryMarshal.GetReference(result);
        int perOutput = taps.PerOutput;
        for (int x = 0; x < taps.Outputs; x++)
        {
            ReadOnlySpan<int> at = taps.Indices.AsSpan(x * perOutput, perOutput);
            ReadOnlySpan<int> by = weights.Slice(x * perOutput, perOutput);
            Vector128<int> sum = Vector128.Create(Half);
            for (int j = 0; j < at.Length; j++)
            {
                sum += Vector128.LoadUnsafe(ref source, (nuint)(at[j] * Lanes)) * by[j];
            }

            sum = Vector128.Min(Vector128.Max(sum >> PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));
            sum.StoreUnsafe(ref destination, (nuint)(x * Channels));
        }
    }

    private static void SumRows(ReadOnlySpan<int> rows, ResampleTaps taps, ReadOnlySpan<int> weights, int output, Span<int> result)
    {
        int stride = result.Length;
        ReadOnlySpan<int> at = taps.Indices.AsSpan(output * taps.PerOutput, taps.PerOutput);
        ReadOnlySpan<int> by = weights.Slice(output * taps.PerOutput, taps.PerOutput);
        Vector<int> most = new(255);
        int i = 0;
        for (; i <= stride - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector<int> sum = new(Half);
            for (int j = 0; j < at.Length; j++)
            {
                sum += new Vector<int>(rows[((at[j] * stride) + i)..]) * by[j];
            }

            Vector.Min(Vector.Max(sum >> PrecisionBits, Vector<int>.Zero), most).CopyTo(result[i..]);
        }

        for (; i < stride; i++)
        {
            int sum = Half;
            for (int j = 0; j < at.Length; j++)
            {
                sum += rows[(at[j] * stride) + i] * by[j];
            }

            result[i] = Math.Clamp(sum >> PrecisionBits, 0, 255);
        }
    }
}
