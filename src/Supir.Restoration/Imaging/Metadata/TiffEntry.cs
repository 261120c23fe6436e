using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>A value in a TIFF directory.</summary>
/// <param name="Type">Its type's number.</param>
/// <param name="Value">Its bytes, numbers in little-endian order.</param>
internal sealed record TiffEntry(ushort Type, byte[] Value)
{
    /// <summary>How many values of the type there are.</summary>
    public int Count => Value.Length / TiffTags.SizeOf(Type).Bytes;

    public static TiffEntry OfShort(ushort value) => new(TiffTags.Short, [(byte)value, (byte)(value >> 8)]);

    public static TiffEntry OfLong(uint value) => new(TiffTags.Long, LittleEndian(value));

    /// <summary>A number of three decimals as a fraction.</summary>
    public static TiffEntry OfRational(double value)
    {
        const uint Denominator = 1000;
        return new TiffEntry(TiffTags.Rational, [.. LittleEndian((uint)Math.Round(value * Denominator)), .. LittleEndian(Denominator)]);
    }

    private static byte[] LittleEndian(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
