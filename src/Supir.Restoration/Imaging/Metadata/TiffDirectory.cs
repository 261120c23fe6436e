using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>A directory of a TIFF file or of an EXIF block, with those that it leads to.</summary>
/// <remarks>Reading trusts nothing: entries that lead outside the bytes are left out, and so are directories inside directories inside
/// directories. Source: TIFF revision 6.0, section 2.</remarks>
internal sealed class TiffDirectory
{
    private const int HeaderLength = 8;
    private const int EntryLength = 12;
    private const int InlineLength = 4;
    private const int Deepest = 3;

    /// <summary>Tag → value, in the order in which they are written.</summary>
    public SortedDictionary<ushort, TiffEntry> Entries { get; } = [];

    /// <summary>Tag → the directory that it leads to.</summary>
    public SortedDictionary<ushort, TiffDirectory> Directories { get; } = [];

    /// <summary>Reads the first directory; an empty one where the bytes are no TIFF.</summary>
    public static TiffDirectory Read(ReadOnlySpan<byte> bytes)
    {
        TiffDirectory directory = new();
        TiffBytes source = new(bytes);
        if (source.IsTiff)
        {
            directory.Read(source, source.UInt32(InlineLength), Deepest);
        }

        return directory;
    }

    /// <summary>The bytes of a block of its own: byte order, version, directory.</summary>
    public byte[] WriteBlock() => [.. "II*\0"u8, HeaderLength, 0, 0, 0, .. Write(HeaderLength)];

    /// <summary>The bytes of this directory and those it leads to, to be put at an even place of a file.</summary>
    /// <param name="at">The place.</param>
    public byte[] Write(uint at)
    {
        int count = Entries.Count + Directories.Count;
        byte[] table = new byte[sizeof(ushort) + (count * EntryLength) + sizeof(uint)];
        List<byte> values = [];
        BinaryPrimitives.WriteUInt16LittleEndian(table, (ushort)count);
        int row = sizeof(ushort);
        foreach (ushort tag in Entries.Keys.Concat(Directories.Keys).Order())
        {
            uint free = at + (uint)(table.Length + values.Count);
            TiffEntry entry = Entries.GetValueOrDefault(tag) ?? TiffEntry.OfLong(free);
            BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(row), tag);
            BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(row + 2), entry.Type);
            BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(row + 4), entry.Count);
            if (entry.Value.Length <= InlineLength)
            {
                entry.Value.CopyTo(table.AsSpan(row + HeaderLength));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(row + HeaderLength), free);
                Append(values, entry.Value);
            }

            if (Directories.TryGetValue(tag, out TiffDirectory? inner))
            {
                Append(values, inner.Write(free));
            }

            row += EntryLength;
        }

        return [.. table, .. values];
    }

    // Values begin at even places.
    private static void Append(List<byte> values, byte[] bytes)
    {
        values.AddRange(bytes);
        if (bytes.Length % 2 != 0)
        {
            values.Add(0);
        }
    }

    private void Read(TiffBytes source, uint at, int depth)
    {
        int count = source.UInt16(at);
        for (uint i = 0; i < count; i++)
        {
            uint row = at + sizeof(ushort) + (i * EntryLength);
            if (!source.Holds(row, EntryLength))
            {
                return;
            }

            ushort tag = source.UInt16(row);
            if (TiffTags.Directories.Contains(tag))
            {
                if (depth > 1)
                {
                    TiffDirectory inner = new();
                    inner.Read(source, source.UInt32(row + HeaderLength), depth - 1);
                    Directories[tag] = inner;
                }
            }
            else if (source.Value(row) is byte[] value)
            {
                Entries[tag] = new TiffEntry(source.UInt16(row + 2), value);
            }
        }
    }
}
