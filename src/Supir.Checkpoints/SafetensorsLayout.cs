using Supir.Engine;

namespace Supir.Checkpoints;

/// <summary>Where the tensors of a safetensors file lie, proven to be inside the file and of the sizes that their shapes ask for.</summary>
internal sealed class SafetensorsLayout
{
    private const string ScaleSuffix = ".scale";

    private readonly OrderedDictionary<string, WeightInfo> _weights = [];
    private readonly List<SkippedTensor> _skipped = [];
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsLayout(Dictionary<string, SafetensorsEntry> entries)
    {
        _entries = entries;
    }

    /// <summary>The weights, scales folded away, in the order of their bytes.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Weights => _weights;

    /// <summary>What is no weight, in the order of its bytes.</summary>
    public IReadOnlyList<SkippedTensor> Skipped => _skipped;

    /// <summary>Checks what a header says.</summary>
    /// <param name="header">The header.</param>
    /// <param name="file">The path, for messages.</param>
    /// <param name="dataLength">Bytes of the file after the header.</param>
    /// <exception cref="CheckpointException">A tensor that is not where or what it says, or an I8 tensor without fitting scales.</exception>
    public static SafetensorsLayout Of(SafetensorsHeader header, string file, long dataLength)
    {
        // A tensor without elements begins where its neighbour does, so it is sorted before it by its end.
        SafetensorsEntry[] inOrder = [.. header.Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long end = 0;
        foreach (SafetensorsEntry entry in inOrder)
        {
            CheckPlace(entry, file, end, dataLength);
            end = entry.End;
        }

        if (end != dataLength)
        {
            throw new CheckpointException($"{file} is damaged: {dataLength - end:N0} bytes at its end belong to no tensor.");
        }

        SafetensorsLayout layout = new(inOrder.ToDictionary(entry => entry.Name));
        foreach (SafetensorsEntry entry in inOrder)
        {
            layout.List(entry, file);
        }

        return layout;
    }

    /// <summary>The name under which the factors of an I8 tensor lie.</summary>
    public static string ScaleNameOf(string name) => name + ScaleSuffix;

    /// <summary>Where the first byte of a tensor lies, counted from the end of the header.</summary>
    public long OffsetOf(string name) => _entries[name].Begin;

    private static void CheckPlace(SafetensorsEntry entry, string file, long previousEnd, long dataLength)
    {
        if (entry.End > dataLength)
        {
            throw new CheckpointException(
                $"{file} is damaged or cut off: tensor {Quotation.Of(entry.Name)} ends at byte {entry.End:N0} of the data, of which there are only {dataLength:N0}.");
        }

        if (entry.Begin != previousEnd)
        {
            string how = entry.Begin < previousEnd ? "overlaps the tensor before it" : "leaves a gap to the tensor before it";
            throw new CheckpointException(
                $"{file} is damaged: tensor {Quotation.Of(entry.Name)} {how} (it begins at byte {entry.Begin:N0} instead of {previousEnd:N0}).");
        }

        if (ByteCountOf(entry) != entry.End - entry.Begin)
        {
            throw new CheckpointException(
                $"{file} is damaged: tensor {Quotation.Of(entry.Name)} takes {entry.End - entry.Begin:N0} bytes, which are not those of " +
                $"{WeightInfo.TextOf(entry.Lengths)} in {entry.Type.Name}.");
        }
    }

    /// <summary>The bytes that a shape asks for, or <c>null</c> if no file could hold them.</summary>
    private static long? ByteCountOf(SafetensorsEntry entry)
    {
        long bytes = entry.Type.SizeInBytes;
        foreach (long length in entry.Lengths)
        {
            if (length > 0 && bytes > long.MaxValue / length)
            {
                return null;
            }

            bytes *= length;
        }

        return bytes;
    }

    private void List(SafetensorsEntry entry, string file)
    {
        if (entry.Type.Weight is not DType type)
        {
            _skipped.Add(new SkippedTensor(entry.Name, entry.Type.Name, WeightInfo.TextOf(entry.Lengths), entry.End - entry.Begin));
            return;
        }

        if (IsScale(entry.Name))
        {
            return;
        }

        if (type == DType.Int8)
        {
            RequireScale(entry, file);
        }

        _weights.Add(entry.Name, new WeightInfo(entry.Name, entry.Lengths, type));
    }

    private bool IsScale(string name) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal) &&
        _entries.TryGetValue(name[..^ScaleSuffix.Length], out SafetensorsEntry? scaled) &&
        scaled.Type.Weight == DType.Int8;

    private void RequireScale(SafetensorsEntry entry, string file)
    {
        string scaleName = ScaleNameOf(entry.Name);
        string needs = $"{file}: tensor {Quotation.Of(entry.Name)} is of type I8 and has the shape {WeightInfo.TextOf(entry.Lengths)}";
        if (entry.Lengths.Length == 0)
        {
            throw new CheckpointException($"{needs}; without an axis it cannot have scales.");
        }

        string expected = $"it needs scales {Quotation.Of(scaleName)} of type F32 and shape [{entry.Lengths[0]}]";
        if (!_entries.TryGetValue(scaleName, out SafetensorsEntry? scale))
        {
            throw new CheckpointException($"{needs}; {expected}, but there are none.");
        }

        if (scale.Type.Weight != DType.Float32 || scale.Lengths.Length != 1 || scale.Lengths[0] != entry.Lengths[0])
        {
            throw new CheckpointException($"{needs}; {expected}, but they are of type {scale.Type.Name} and shape {WeightInfo.TextOf(scale.Lengths)}.");
        }
    }
}
