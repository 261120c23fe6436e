using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>The rule that fills any tensor from its name and shape alone, the same in every language.</summary>
/// <remarks>seed = crc32(name); u(i) = fmix32(i · 2654435761 + seed) mod 2³², with fmix32 the finaliser of MurmurHash3 (Appleby, public domain);
/// v(i) = ⌊u(i) / 2⁸⌋ / 2²³ − 1; value = offset + scale · v(i) in double precision, rounded to single and then to half. The last two steps are
/// what torch does when a double becomes a half, and they are not one: about one value in 15,000 comes out a last place away.
/// Source: tests/goldens/synthetic.py.</remarks>
internal readonly struct SyntheticRule
{
    private const uint IndexMultiplier = 2654435761;
    private const uint FirstMultiplier = 0x85ebca6b;
    private const uint SecondMultiplier = 0xc2b2ae35;

    /// <summary>2²³: half the range of the 24 bits that are kept of a hash, and exact in single precision like all of them.</summary>
    private const int HalfRange = 1 << 23;

    private readonly uint _seed;
    private readonly double _offset;
    private readonly double _scale;

    private SyntheticRule(uint seed, double offset, double scale)
    {
        _seed = seed;
        _offset = offset;
        _scale = scale;
    }

    /// <summary>The rule for one tensor.</summary>
    public static SyntheticRule For(string name, Shape shape)
    {
        uint seed = Crc32(Encoding.UTF8.GetBytes(name));
        if (name.StartsWith("input.", StringComparison.Ordinal))
        {
            return new SyntheticRule(seed, 0, 1);
        }

        if (name.Contains("embedding", StringComparison.Ordinal))
        {
            return new SyntheticRule(seed, 0, 0.5);
        }

        if (shape.Rank >= 2)
        {
            long fanIn = name.EndsWith("text_projection", StringComparison.Ordinal) ? shape[0] : shape.ElementCount / Math.Max(1, shape[0]);
            return new SyntheticRule(seed, 0, Math.Sqrt(3.0 / fanIn));
        }

        return name.EndsWith("weight", StringComparison.Ordinal) ? new SyntheticRule(seed, 1, 0.1) : new SyntheticRule(seed, 0, 0.05);
    }

    /// <summary>The element <paramref name="index"/> in row-major order: the definition.</summary>
    public Half ValueAt(long index)
    {
        uint h = unchecked(((uint)index * IndexMultiplier) + _seed);
        h ^= h >> 16;
        h = unchecked(h * FirstMultiplier);
        h ^= h >> 13;
        h = unchecked(h * SecondMultiplier);
        h ^= h >> 16;
        double v = ((double)(h >> 8) / HalfRange) - 1;
        return (Half)(float)(_offset + (_scale * v));
    }

    /// <summary>The elements from <paramref name="first"/> on: several lanes at a time, and the tail by the definition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(long first, Span<Half> destination)
    {
        int lanes = Vector<uint>.Count;
        Vector<uint> position = (Vector<uint>.Indices * IndexMultiplier) + new Vector<uint>(unchecked(((uint)first * IndexMultiplier) + _seed));
        Vector<uint> step = new(unchecked((uint)lanes * IndexMultiplier));

        int i = 0;
        Span<ushort> bits = MemoryMarshal.Cast<Half, ushort>(destination);
        for (; i <= bits.Length - (2 * lanes); i += 2 * lanes)
        {
            Vector<uint> low = HalfBits(position);
            Vector<uint> high = HalfBits(position + step);
            position += step + step;
            Vector.Narrow(low, high).CopyTo(bits[i..]);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = ValueAt(first + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<uint> HalfBits(Vector<uint> h)
    {
        h ^= h >>> 16;
        h *= FirstMultiplier;
        h ^= h >>> 13;
        h *= SecondMultiplier;
        h ^= h >>> 16;

        // v has 24 significant bits, so single precision holds it exactly; what follows is in double, as in the definition.
        Vector<float> v = Vector.ConvertToSingle(Vector.AsVectorInt32(h >>> 8) - new Vector<int>(HalfRange)) * (1f / HalfRange);
        Vector.Widen(v, out Vector<double> low, out Vector<double> high);
        Vector<double> scale = new(_scale);
        Vector<double> offset = new(_offset);
        return NumberFormats.RoundToHalf(Vector.Narrow(offset + (scale * low), offset + (scale * high)));
    }

    /// <summary>CRC-32 as in zip and PNG (polynomial 0xEDB88320, reflected).</summary>
    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
