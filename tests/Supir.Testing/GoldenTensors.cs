using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using Supir.Engine;

namespace Supir.Testing;

/// <summary>The tensors of one golden file.</summary>
/// <remarks>Reads the safetensors format by itself, so that a mistake in Supir.Checkpoints cannot hide in the goldens it is tested with.</remarks>
public sealed class GoldenTensors
{
    private const int HeaderLengthBytes = 8;

    private static readonly ConcurrentDictionary<string, GoldenTensors> Opened = new();

    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly Dictionary<string, Entry> _entries = [];

    private GoldenTensors(string file)
    {
        _file = file;
        _bytes = File.ReadAllBytes(Golden.PathOf(file));
        int headerLength = checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes));
        _dataStart = HeaderLengthBytes + headerLength;
        using JsonDocument header = JsonDocument.Parse(_bytes.AsMemory(HeaderLengthBytes, headerLength));
        foreach (JsonProperty tensor in header.RootElement.EnumerateObject())
        {
            if (tensor.Name != "__metadata__")
            {
                int[] lengths = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32())];
                JsonElement offsets = tensor.Value.GetProperty("data_offsets");
                int start = offsets[0].GetInt32();
                _entries.Add(tensor.Name, new Entry(tensor.Value.GetProperty("dtype").GetString()!, lengths, start, offsets[1].GetInt32() - start));
            }
        }
    }

    /// <summary>All names, in the order of the file.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Opens a file of tests/goldens by its name; the same file is read only once in a process.</summary>
    public static GoldenTensors Open(string file) => Opened.GetOrAdd(file, static name => new GoldenTensors(name));

    /// <summary>The lengths of the axes, outermost first: some goldens have five.</summary>
    public IReadOnlyList<int> LengthsOf(string name) => Find(name).Lengths;

    /// <summary>The shape of a golden with at most four axes.</summary>
    public Shape ShapeOf(string name) => new(Find(name).Lengths);

    /// <summary>The elements of an F32 golden, row-major (images and latents are [N, C, H, W]); a copy that the caller may change.</summary>
    public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(DataOf(name, "F32")).ToArray();

    /// <summary>The elements of a U8 golden (pictures are [H, W, C]); a copy.</summary>
    public byte[] Bytes(string name) => DataOf(name, "U8").ToArray();

    /// <summary>The elements of an I32 golden; a copy.</summary>
    public int[] Integers(string name) => MemoryMarshal.Cast<byte, int>(DataOf(name, "I32")).ToArray();

    private ReadOnlySpan<byte> DataOf(string name, string type)
    {
        Entry entry = Find(name);
        return entry.Type == type
            ? _bytes.AsSpan(_dataStart + entry.Start, entry.ByteCount)
            : throw new ArgumentException($"{_file}: '{name}' is of type {entry.Type}, not {type}.", nameof(name));
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out Entry? entry)
        ? entry
        : throw new ArgumentException($"{_file} has no tensor '{name}'.", nameof(name));

    private sealed record Entry(string Type, int[] Lengths, int Start, int ByteCount);
}
