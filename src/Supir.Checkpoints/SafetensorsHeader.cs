using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Supir.Checkpoints;

/// <summary>One tensor as the header of a safetensors file describes it.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Type">The number format.</param>
/// <param name="Lengths">The axes, outermost first; none negative.</param>
/// <param name="Begin">Where its first byte lies, counted from the end of the header.</param>
/// <param name="End">Where its last byte has passed.</param>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Lengths, long Begin, long End);

/// <summary>Reads the JSON header of a safetensors file, which anybody may have written.</summary>
/// <remarks>It is read token by token: a duplicate key is seen, and nothing is built from what is refused.</remarks>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly HashSet<string> _names = [];
    private readonly List<SafetensorsEntry> _entries = [];
    private Dictionary<string, string>? _metadata;

    private SafetensorsHeader(string file)
    {
        _file = file;
    }

    /// <summary>All tensors in the order of the header; names are unique.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>What the file's author noted.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata ?? [];

    /// <summary>Reads a header; the offsets are only known to be in order in themselves, not to fit the file.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="file">The path, for messages.</param>
    /// <param name="position">Where the header starts in the file, for messages.</param>
    /// <exception cref="CheckpointException">Something in it is not as the format says.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string file, int position)
    {
        if (!Utf8.IsValid(json))
        {
            throw new CheckpointException($"{file} is damaged or not a safetensors file: its header is not UTF-8 text.");
        }

        SafetensorsHeader header = new(file);
        Utf8JsonReader reader = new(json);
        try
        {
            header.ReadAll(ref reader);
            return header;
        }
        catch (JsonException exception)
        {
            throw new CheckpointException(
                $"{file} is damaged or not a safetensors file: its header is not valid JSON near byte {position + reader.BytesConsumed}.", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text with half a surrogate pair.
            throw new CheckpointException(
                $"{file} is damaged or not a safetensors file: its header has text that is not Unicode at byte {position + reader.TokenStartIndex}.", exception);
        }
    }

    private void ReadAll(ref Utf8JsonReader reader)
    {
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject, $"the header is not a JSON object");
        while (NextKey(ref reader, out string name))
        {
            if (name == MetadataKey)
            {
                Require(_metadata is null, $"{Quotation.Of(MetadataKey)} appears twice");
                ReadMetadata(ref reader);
            }
            else
            {
                Require(_names.Add(name), $"tensor {Quotation.Of(name)} appears twice");
                ReadEntry(ref reader, name);
            }
        }

        // The reader throws if anything but white space follows.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        _metadata = [];
        Require(reader.TokenType == JsonTokenType.StartObject, $"{Quotation.Of(MetadataKey)} is not a JSON object");
        while (NextKey(ref reader, out string key))
        {
            Require(reader.TokenType == JsonTokenType.String, $"the metadata {Quotation.Of(key)} is not text");
            Require(_metadata.TryAdd(key, reader.GetString()!), $"the metadata {Quotation.Of(key)} appears twice");
        }
    }

    private void ReadEntry(ref Utf8JsonReader reader, string name)
    {
        SafetensorsType? type = null;
        List<long>? lengths = null;
        List<long>? offsets = null;
        Require(reader.TokenType == JsonTokenType.StartObject, $"{Tensor(name)} is not described by a JSON object");
        while (NextKey(ref reader, out string key))
        {
            switch (key)
            {
                case "dtype":
                    Require(type is null, $"{Tensor(name)} has two entries 'dtype'");
                    Require(reader.TokenType == JsonTokenType.String, $"the 'dtype' of {Tensor(name)} is not text");
                    string typeName = reader.GetString()!;
                    type = SafetensorsType.Find(typeName);
                    Require(type is not null, $"{Tensor(name)} has the number format {Quotation.Of(typeName)}, which this program does not know");
                    break;
                case "shape":
                    Require(lengths is null, $"{Tensor(name)} has two entries 'shape'");
                    lengths = ReadWholeNumbers(ref reader, key, name);
                    break;
                case "data_offsets":
                    Require(offsets is null, $"{Tensor(name)} has two entries 'data_offsets'");
                    offsets = ReadWholeNumbers(ref reader, key, name);
                    Require(offsets.Count == 2, $"the 'data_offsets' of {Tensor(name)} are {offsets.Count} numbers instead of two");
                    Require(offsets[0] <= offsets[1], $"the 'data_offsets' of {Tensor(name)} end ({offsets[1]}) before they begin ({offsets[0]})");
                    break;
                default:
                    // The format leaves room for further keys.
                    reader.Skip();
                    break;
            }
        }

        if (type is null || lengths is null || offsets is null)
        {
            throw Refusal($"{Tensor(name)} lacks its '{(type is null ? "dtype" : lengths is null ? "shape" : "data_offsets")}'");
        }

        _entries.Add(new SafetensorsEntry(name, type, [.. lengths], offsets[0], offsets[1]));
    }

    private List<long> ReadWholeNumbers(ref Utf8JsonReader reader, string key, string name)
    {
        List<long> numbers = [];
        Require(reader.TokenType == JsonTokenType.StartArray, $"the '{key}' of {Tensor(name)} is not a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long whole) ? whole : -1;
            Require(number >= 0, $"the '{key}' of {Tensor(name)} has an entry that is not a whole number from 0 to {long.MaxValue}");
            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>Goes to the value of the next key of an object; false at its end.</summary>
    private static bool NextKey(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            key = "";
            return false;
        }

        key = reader.GetString()!;
        reader.Read();
        return true;
    }

    private static string Tensor(string name) => $"tensor {Quotation.Of(name)}";

    private void Require([DoesNotReturnIf(false)] bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FaultText otherwise)
    {
        if (!holds)
        {
            throw Refusal(otherwise.ToStringAndClear());
        }
    }

    private CheckpointException Refusal(string what) => new($"{_file} is damaged or not a safetensors file: {what}.");
}
