using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>Where the tensors of a safetensors file lie, proven to be inside the file and of the sizes that their shapes ask for.</summary>
internal sealed class SafetensorsLayout
{
    private const string ScaleSuffix = ".scale";
    private const string FourBitSuffix = ".int4";

    /// <summary>The format in which numbers of 4 bits lie, two to an element.</summary>
    public const string FourBitType = "U8";

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
    /// <exception cref="CheckpointException">A tensor that is not where or what it says, or a tensor in 8 or 4 bits without fitting scales.</exception>
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

    /// <summary>The name under which the factors of a weight in 8 or 4 bits lie.</summary>
    public static string ScaleNameOf(string name) => name + ScaleSuffix;

    /// <summary>The name under which the numbers of a weight in 4 bits lie.</summary>
    public static string FourBitNameOf(string name) => name + FourBitSuffix;

    /// <summary>The weight of which a tensor of this name may be a part: its scales, or its numbers of 4 bits; otherwise <c>null</c>.</summary>
    public static string? WeightOf(string name) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal) ? name[..^ScaleSuffix.Length]
        : name.EndsWith(FourBitSuffix, StringComparison.Ordinal) ? name[..^FourBitSuffix.Length]
        : null;

    /// <summary>Where the first byte of a weight, or of its scales, lies, counted from the end of the header.</summary>
    public long OffsetOf(string name) => (_entries.GetValueOrDefault(name) ?? _entries[FourBitNameOf(name)]).Begin;

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
        if (IsFourBit(entry))
        {
            ListFourBit(entry, file);
            return;
        }

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

    private static bool IsFourBit(SafetensorsEntry entry) =>
        entry.Type.Name == FourBitType && entry.Name.EndsWith(FourBitSuffix, StringComparison.Ordinal);

    private bool IsScale(string name) =>
        name.EndsWith(ScaleSuffix, StringComparison.Ordinal) && WeightOf(name) is string weight &&
        ((_entries.TryGetValue(weight, out SafetensorsEntry? scaled) && scaled.Type.Weight == DType.Int8) ||
        (_entries.TryGetValue(FourBitNameOf(weight), out scaled) && IsFourBit(scaled)));

    private void RequireScale(SafetensorsEntry entry, string file)
    {
        if (entry.Lengths.Length == 0)
        {
            throw new CheckpointException($"{Presented(entry, file)}; without an axis it cannot have scales.");
        }

        RequireScale(entry, ScaleNameOf(entry.Name), "F32", [entry.Lengths[0]], file);
    }

    private void ListFourBit(SafetensorsEntry entry, string file)
    {
        string name = WeightOf(entry.Name)!;
        if (entry.Lengths is not [long outputs, long bytes] || bytes == 0 || bytes % FourBitGroups.Bytes != 0)
        {
            throw new CheckpointException(
                $"{Presented(entry, file)}; numbers of 4 bits are a matrix, in rows of {FourBitGroups.Bytes} bytes for each {FourBitGroups.Inputs} inputs.");
        }

        if (_entries.ContainsKey(name))
        {
            throw new CheckpointException($"{file} holds the same weight twice, as {Quotation.Of(name)} and as {Quotation.Of(entry.Name)}.");
        }

        RequireScale(entry, ScaleNameOf(name), "F16", [outputs, bytes / FourBitGroups.Bytes], file);
        _weights.Add(name, new WeightInfo(name, [outputs, bytes * FourBitGroups.Inputs / FourBitGroups.Bytes], DType.Int4));
    }

    private void RequireScale(SafetensorsEntry entry, string scaleName, string type, long[] lengths, string file)
    {
        string needs = $"{Presented(entry, file)}; it needs scales {Quotation.Of(scaleName)} of type {type} and shape {WeightInfo.TextOf(lengths)}";
        if (!_entries.TryGetValue(scaleName, out SafetensorsEntry? scale))
        {
            throw new CheckpointException($"{needs}, but there are none.");
        }

        if (scale.Type.Name != type || !scale.Lengths.SequenceEqual(lengths))
        {
            throw new CheckpointException($"{needs}, but they are of type {scale.Type.Name} and shape {WeightInfo.TextOf(scale.Lengths)}.");
        }
    }

    private static string Presented(SafetensorsEntry entry, string file) =>
        $"{file}: tensor {Quotation.Of(entry.Name)} is of type {entry.Type.Name} and has the shape {WeightInfo.TextOf(entry.Lengths)}";
}
