using System.Buffers.Binary;
using System.Text.Json;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints.Conversion;

/// <summary>Writes a safetensors file tensor after tensor, whose formats need not be known before they come.</summary>
/// <remarks>The header stands first in the file but is written last, into room that was left for its longest form and is filled up with
/// spaces, as the format allows. The file has a temporary name until <see cref="Finish"/>.</remarks>
internal sealed unsafe class SafetensorsWriter : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Offsets of nine petabytes, longer than any that will be written.</summary>
    private const long LongestOffset = 9_000_000_000_000_000;

    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly FileStream _stream;
    private readonly long _headerLength;
    private readonly List<(string Name, string Type, IReadOnlyList<long> Lengths, long Begin, long End)> _entries = [];
    private readonly IReadOnlyDictionary<string, string> _metadata;
    private long _dataLength;
    private bool _isFinished;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its name in the end.</param>
    /// <param name="tensors">All tensors that can come.</param>
    /// <param name="metadata">What is noted under <c>__metadata__</c>.</param>
    public SafetensorsWriter(string path, IEnumerable<WeightInfo> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        _path = path;
        _metadata = metadata;
        _headerLength = LengthOfLongestHeader(tensors);
        _temporaryPath = UnfinishedConversion.PathOf(path);
        _stream = new FileStream(_temporaryPath, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        _stream.Position = sizeof(long) + _headerLength;
    }

    /// <summary>Bytes of the file so far.</summary>
    public long FileBytes => sizeof(long) + _headerLength + _dataLength;

    /// <summary>Appends a tensor.</summary>
    public void Add(string name, DType type, IReadOnlyList<long> lengths, nint elements, long byteCount) =>
        Add(name, SafetensorsType.NameOf(type), lengths, elements, byteCount);

    /// <summary>Appends a matrix in 4 bits: its numbers, then its factors.</summary>
    public void AddFourBit(WeightInfo info, nint numbers, nint scales)
    {
        long groups = info.ElementCount / FourBitGroups.Inputs;
        Add(SafetensorsLayout.FourBitNameOf(info.Name), SafetensorsLayout.FourBitType, [info.Lengths[0], info.Lengths[1] / 2], numbers, groups * FourBitGroups.Bytes);
        Add(SafetensorsLayout.ScaleNameOf(info.Name), DType.Float16, [info.Lengths[0], info.Lengths[1] / FourBitGroups.Inputs], scales, FourBitGroups.ScaleBytesOf(info.ElementCount));
    }

    private void Add(string name, string type, IReadOnlyList<long> lengths, nint elements, long byteCount)
    {
        const int MostAtOnce = 1 << 26;
        for (long written = 0; written < byteCount; written += MostAtOnce)
        {
            _stream.Write(new ReadOnlySpan<byte>((byte*)elements + written, (int)Math.Min(MostAtOnce, byteCount - written)));
        }

        _entries.Add((name, type, lengths, _dataLength, _dataLength + byteCount));
        _dataLength += byteCount;
    }

    /// <summary>Writes the header and gives the file its name, in place of one that has it.</summary>
    public void Finish()
    {
        byte[] header = Header(_entries);
        byte[] start = new byte[sizeof(long) + _headerLength];
        BinaryPrimitives.WriteInt64LittleEndian(start, _headerLength);
        start.AsSpan(sizeof(long)).Fill((byte)' ');
        header.CopyTo(start, sizeof(long));
        _stream.Position = 0;
        _stream.Write(start);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporaryPath, _path, overwrite: true);
        _isFinished = true;
    }

    /// <summary>Closes the file, and deletes it unless it was finished.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        if (!_isFinished)
        {
            File.Delete(_temporaryPath);
        }
    }

    private long LengthOfLongestHeader(IEnumerable<WeightInfo> tensors)
    {
        byte[] longest = Header(tensors.SelectMany(info => new[]
        {
            (SafetensorsLayout.FourBitNameOf(info.Name), SafetensorsType.NameOf(DType.Float8E4M3), info.Lengths, LongestOffset, LongestOffset),
            (SafetensorsLayout.ScaleNameOf(info.Name), SafetensorsType.NameOf(DType.Float32), info.Lengths, LongestOffset, LongestOffset),
        }));
        return ((longest.Length + sizeof(long) + Alignment - 1) / Alignment * Alignment) - sizeof(long);
    }

    private byte[] Header(IEnumerable<(string Name, string Type, IReadOnlyList<long> Lengths, long Begin, long End)> entries)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach ((string key, string value) in _metadata)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            foreach ((string name, string type, IReadOnlyList<long> lengths, long begin, long end) in entries)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", type);
                WriteNumbers(writer, "shape", lengths);
                WriteNumbers(writer, "data_offsets", [begin, end]);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string key, IReadOnlyList<long> numbers)
    {
        writer.WriteStartArray(key);
        foreach (long number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
