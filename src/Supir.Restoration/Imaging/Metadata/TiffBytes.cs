using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>The numbers of a TIFF file in its own byte order; 0 for places outside.</summary>
internal readonly ref struct TiffBytes
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isBigEndian;

    public TiffBytes(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _isBigEndian = bytes.StartsWith("MM\0*"u8);
    }

    /// <summary>Whether the bytes begin as a TIFF file does; BigTIFF does not count.</summary>
    public bool IsTiff => _isBigEndian || _bytes.StartsWith("II*\0"u8);

    public bool Holds(uint at, long count) => at + count <= _bytes.Length;

    public ushort UInt16(uint at) => !Holds(at, sizeof(ushort)) ? (ushort)0
        : _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[(int)at..])
        : BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)at..]);

    public uint UInt32(uint at) => !Holds(at, sizeof(uint)) ? 0
        : _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[(int)at..])
        : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(int)at..]);

    /// <summary>Where the value of a directory's row lies, and its bytes; no bytes where it is not wholly there.</summary>
    public (uint At, int Length) Place(uint row)
    {
        long length = (long)UInt32(row + 4) * TiffTags.SizeOf(UInt16(row + 2)).Bytes;
        uint at = length <= sizeof(uint) ? row + 8 : UInt32(row + 8);
        return length > 0 && Holds(at, length) ? (at, (int)length) : (0, 0);
    }

    /// <summary>The value of a directory's row, numbers in little-endian order; <c>null</c> where it is not wholly there.</summary>
    public byte[]? Value(uint row)
    {
        (uint at, int length) = Place(row);
        if (length == 0)
        {
            return null;
        }

        byte[] value = _bytes.Slice((int)at, length).ToArray();
        int unit = TiffTags.SizeOf(UInt16(row + 2)).Unit;
        for (int i = 0; _isBigEndian && i < value.Length; i += unit)
        {
            Array.Reverse(value, i, unit);
        }

        return value;
    }

    /// <summary>Writes a whole number into the value of a directory's row, in place.</summary>
    public void Overwrite(Span<byte> copy, uint row, uint number)
    {
        (uint at, int length) = Place(row);
        if (length == 0 || UInt16(row + 2) is not (TiffTags.Short or TiffTags.Long))
        {
            return;
        }

        int bytes = TiffTags.SizeOf(UInt16(row + 2)).Bytes;
        for (int i = 0; i < bytes; i++)
        {
            int shift = 8 * (_isBigEndian ? bytes - 1 - i : i);
            copy[(int)at + i] = (byte)(number >> shift);
        }
    }
}
