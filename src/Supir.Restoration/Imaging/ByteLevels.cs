using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Supir.Restoration.Imaging;

/// <summary>Between bytes 0..255 and floats −1..1.</summary>
internal static class ByteLevels
{
    // The reference divides in double precision and rounds to float once; 256 values are quicker looked up than computed.
    private static readonly float[] Floats = [.. Enumerable.Range(0, 256).Select(static level => (float)((level / 255.0 * 2) - 1))];

    /// <summary>v / 255 · 2 − 1 of every byte.</summary>
    public static void Widen(ReadOnlySpan<byte> levels, Span<float> values)
    {
        ReadOnlySpan<float> floats = Floats;
        for (int i = 0; i < levels.Length; i++)
        {
            values[i] = floats[levels[i]];
        }
    }

    /// <summary>The nearest level of every value: v · 127.5 + 127.5 rounded, clipped to 0..255; NaN becomes 0.</summary>
    public static void Round(ReadOnlySpan<float> values, Span<byte> levels) => Convert(values, levels, 128f);

    /// <summary>The level below every value: v · 127.5 + 127.5 clipped and cut off, as the reference's saver does.</summary>
    public static void Truncate(ReadOnlySpan<float> values, Span<byte> levels) => Convert(values, levels, 127.5f);

    // Product and sum are rounded apart (no fused multiply-add): the reference's tensors are, and truncation shows the difference.
    private static void Convert(ReadOnlySpan<float> values, Span<byte> levels, float offset)
    {
        ReadOnlySpan<Vector128<float>> lanes = MemoryMarshal.Cast<float, Vector128<float>>(values);
        int i = 0;
        for (; i + 4 <= lanes.Length; i += 4)
        {
            Vector128<ushort> first = Vector128.Narrow(Level(lanes[i], offset), Level(lanes[i + 1], offset));
            Vector128<ushort> second = Vector128.Narrow(Level(lanes[i + 2], offset), Level(lanes[i + 3], offset));
            Vector128.Narrow(first, second).CopyTo(levels[(i * 4)..]);
        }

        for (i *= 4; i < values.Length; i++)
        {
            float level = values[i] * 127.5f;
            level += offset;
            levels[i] = (byte)(level > 0f ? MathF.Min(level, 255f) : 0f);
        }
    }

    private static Vector128<uint> Level(Vector128<float> values, float offset)
    {
        Vector128<float> level = (values * 127.5f) + Vector128.Create(offset);
        // Vector128.Max of (NaN, 0) is NaN, whose conversion to an integer is 0.
        level = Vector128.Min(Vector128.Max(level, Vector128<float>.Zero), Vector128.Create(255f));
        return Vector128.ConvertToInt32(level).AsUInt32();
    }
}
