namespace Supir.Restoration.Imaging;

/// <summary>Between numbers of 16 bits, bytes, and floats −1..1.</summary>
internal static class WideLevels
{
    /// <summary>The nearest byte of every level: v / 257, rounded.</summary>
    public static byte[] Narrow(ReadOnlySpan<ushort> levels)
    {
        byte[] bytes = new byte[levels.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((levels[i] + 128) / 257);
        }

        return bytes;
    }

    /// <summary>The same levels in 16 bits: v · 257.</summary>
    public static ushort[] Widen(ReadOnlySpan<byte> levels)
    {
        ushort[] wide = new ushort[levels.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = (ushort)(levels[i] * 257);
        }

        return wide;
    }

    /// <summary>v / 32767.5 − 1 of every level.</summary>
    public static void ToFloats(ReadOnlySpan<ushort> levels, Span<float> values)
    {
        for (int i = 0; i < levels.Length; i++)
        {
            values[i] = (float)((levels[i] / 32767.5) - 1);
        }
    }

    /// <summary>The nearest level of every value: v · 32767.5 + 32767.5 rounded, clipped to 0..65535; NaN becomes 0.</summary>
    public static ushort[] Round(ReadOnlySpan<float> values)
    {
        ushort[] levels = new ushort[values.Length];
        for (int i = 0; i < levels.Length; i++)
        {
            float level = (values[i] * 32767.5f) + 32768f;
            levels[i] = (ushort)(level > 0f ? MathF.Min(level, 65535f) : 0f);
        }

        return levels;
    }
}
