using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Supir.Checkpoints.Pickles;

/// <summary>Finds where the files of a zip archive lie in it. Only archives whose files are stored, not compressed, are read: torch writes no others.</summary>
/// <remarks>Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end) and
/// 4.5.3 (ZIP64). Every place is proven to be inside the file, and no two files to share a byte.</remarks>
internal sealed class ZipDirectory
{
    private const uint LocalHeaderSignature = 0x04034b50;
    private const uint CentralHeaderSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint EndSignature64 = 0x06064b50;
    private const uint LocatorSignature64 = 0x07064b50;
    private const int LocalHeaderBytes = 30;
    private const int CentralHeaderBytes = 46;
    private const int EndBytes = 22;
    private const int EndBytes64 = 56;
    private const int LocatorBytes64 = 20;
    private const int LongestComment = ushort.MaxValue;
    private const int EncryptedFlag = 1;
    private const ushort ExtraField64 = 1;

    /// <summary>The longest directory that is read: room for half a million files.</summary>
    private const long MostDirectoryBytes = 64L << 20;

    private readonly FileStream _stream;
    private readonly string _file;
    private readonly List<(long Start, ZipEntry Entry)> _entries = [];

    private ZipDirectory(FileStream stream, string file)
    {
        _stream = stream;
        _file = file;
    }

    /// <summary>All files of an archive by their names.</summary>
    /// <exception cref="CheckpointException">The archive is cut off or damaged, or something in it is compressed or encrypted.</exception>
    public static IReadOnlyDictionary<string, ZipEntry> Read(FileStream stream, string file)
    {
        ZipDirectory directory = new(stream, file);
        directory.ReadAll();
        return directory._entries.ToDictionary(entry => entry.Entry.Name, entry => entry.Entry);
    }

    private void ReadAll()
    {
        (long start, long length, long count) = FindDirectory();
        Require(length <= MostDirectoryBytes, $"its directory would have {length:N0} bytes");
        byte[] bytes = BytesAt(start, length);
        int position = 0;
        HashSet<string> names = [];
        for (long i = 0; i < count; i++)
        {
            Require(bytes.Length - position >= CentralHeaderBytes, $"its directory ends after {i:N0} of {count:N0} entries");
            int entryBytes = ReadEntry(bytes.AsSpan(position), start, names);
            position += entryBytes;
        }

        long end = 0;
        foreach ((long from, ZipEntry entry) in _entries.OrderBy(entry => entry.Start))
        {
            Require(from >= end, $"{Quotation.Of(entry.Name)} overlaps the file before it");
            end = entry.DataOffset + entry.Length;
        }
    }

    private (long Start, long Length, long Count) FindDirectory()
    {
        long fileLength = _stream.Length;
        int tailLength = (int)Math.Min(fileLength, EndBytes + LongestComment);
        byte[] tail = BytesAt(fileLength - tailLength, tailLength);
        int end = tailLength - EndBytes;
        while (end >= 0 && (UInt32(tail, end) != EndSignature || end + EndBytes + UInt16(tail, end + 20) != tailLength))
        {
            end--;
        }

        Require(end >= 0, "it has no directory at its end, so it was probably not downloaded or written to the end");
        long endOffset = fileLength - tailLength + end;
        long count = UInt16(tail, end + 10);
        long length = UInt32(tail, end + 12);
        long start = UInt32(tail, end + 16);
        if (count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
        {
            (start, length, count, endOffset) = FindDirectory64(endOffset);
        }

        Require(start >= 0 && length >= 0 && start <= endOffset && length <= endOffset - start, "its directory lies outside it");
        return (start, length, count);
    }

    private (long Start, long Length, long Count, long EndOffset) FindDirectory64(long endOffset)
    {
        Require(endOffset >= LocatorBytes64, "its end is damaged");
        byte[] locator = BytesAt(endOffset - LocatorBytes64, LocatorBytes64);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        Require(
            UInt32(locator, 0) == LocatorSignature64 && offset >= 0 && offset <= endOffset - LocatorBytes64 - EndBytes64, "its end is damaged");
        byte[] end = BytesAt(offset, EndBytes64);
        Require(UInt32(end, 0) == EndSignature64, "its end is damaged");
        return (Int64(end, 48), Int64(end, 40), Int64(end, 32), offset);
    }

    private int ReadEntry(ReadOnlySpan<byte> header, long directoryStart, HashSet<string> names)
    {
        Require(UInt32(header, 0) == CentralHeaderSignature, "its directory is damaged");
        int nameLength = UInt16(header, 28);
        int extraLength = UInt16(header, 30);
        int commentLength = UInt16(header, 32);
        int entryBytes = CentralHeaderBytes + nameLength + extraLength + commentLength;
        Require(header.Length >= entryBytes, "its directory is damaged");
        ReadOnlySpan<byte> nameBytes = header.Slice(CentralHeaderBytes, nameLength);
        string name = Encoding.UTF8.GetString(nameBytes);
        Require(names.Add(name), $"{Quotation.Of(name)} appears twice");

        long packedLength = UInt32(header, 20);
        long length = UInt32(header, 24);
        long start = UInt32(header, 42);
        ReadExtra64(header.Slice(CentralHeaderBytes + nameLength, extraLength), name, ref length, ref packedLength, ref start);
        Require((UInt16(header, 8) & EncryptedFlag) == 0, $"{Quotation.Of(name)} is encrypted");
        if (UInt16(header, 10) != 0)
        {
            throw new CheckpointException(
                $"{_file} was not loaded: {Quotation.Of(name)} in it is compressed, which torch never does. Save the weights again with torch.save.");
        }

        Require(length == packedLength, $"{Quotation.Of(name)} is stored but has two lengths");
        Require(start >= 0 && start <= directoryStart - LocalHeaderBytes, $"{Quotation.Of(name)} lies outside the archive");
        byte[] local = BytesAt(start, LocalHeaderBytes);
        Require(UInt32(local, 0) == LocalHeaderSignature && UInt16(local, 26) == nameLength, $"{Quotation.Of(name)} is not where the directory says");
        long dataOffset = start + LocalHeaderBytes + nameLength + UInt16(local, 28);
        Require(
            length >= 0 && dataOffset <= directoryStart && length <= directoryStart - dataOffset, $"{Quotation.Of(name)} lies outside the archive");
        Require(
            nameBytes.SequenceEqual(BytesAt(start + LocalHeaderBytes, nameLength)), $"{Quotation.Of(name)} is not where the directory says");
        _entries.Add((start, new ZipEntry(name, dataOffset, length)));
        return entryBytes;
    }

    /// <summary>Lengths and places above 4 GiB stand in an extra field, in this order and only where the usual field is full.</summary>
    private void ReadExtra64(ReadOnlySpan<byte> extra, string name, ref long length, ref long packedLength, ref long start)
    {
        while (extra.Length >= 4)
        {
            int fieldLength = UInt16(extra, 2);
            Require(extra.Length >= 4 + fieldLength, $"the extra fields of {Quotation.Of(name)} are damaged");
            if (UInt16(extra, 0) == ExtraField64)
            {
                ReadOnlySpan<byte> field = extra.Slice(4, fieldLength);
                Widen(ref length, ref field, name);
                Widen(ref packedLength, ref field, name);
                Widen(ref start, ref field, name);
            }

            extra = extra[(4 + fieldLength)..];
        }
    }

    private void Widen(ref long value, ref ReadOnlySpan<byte> field, string name)
    {
        if (value == uint.MaxValue)
        {
            Require(field.Length >= sizeof(long), $"the extra fields of {Quotation.Of(name)} are damaged");
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[sizeof(long)..];
        }
    }

    private byte[] BytesAt(long offset, long count) => CheckpointStream.BytesAt(_stream, offset, count);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    private void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new CheckpointException($"{_file} is damaged or not a torch checkpoint (a zip archive): {otherwise}.");
        }
    }
}
