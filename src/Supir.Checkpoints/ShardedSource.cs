using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Supir.Engine;
using Supir.Engine.Weights;

namespace Supir.Checkpoints;

/// <summary>A checkpoint in several files, which an index names: Hugging Face's <c>NAME.safetensors.index.json</c> or <c>NAME.bin.index.json</c>.</summary>
/// <remarks>The index is a JSON object whose <c>weight_map</c> gives for each weight the file beside it that holds it.</remarks>
public sealed class ShardedSource : IWeightSource
{
    /// <summary>The longest index that is read; that of a model of 70 billion parameters has 70 kB.</summary>
    private const long MostIndexBytes = 16L << 20;

    /// <summary>More files than any published model has.</summary>
    private const int MostFiles = 1000;

    private readonly IWeightSource[] _shards;
    private readonly OrderedDictionary<string, WeightInfo> _tensors = [];
    private readonly Dictionary<string, IWeightSource> _origins = [];

    private ShardedSource(string path, IReadOnlyDictionary<string, IWeightSource> shards, Dictionary<string, string> map)
    {
        Description = path;
        _shards = [.. shards.Values];
        foreach ((string name, string file) in map)
        {
            IWeightSource shard = shards[file];
            if (shard.Tensors.TryGetValue(name, out WeightInfo? info) || IsFourBit(shard, name, out info))
            {
                if (!_tensors.TryAdd(info.Name, info))
                {
                    throw new CheckpointException($"{path} names the weight {Quotation.Of(info.Name)} twice.");
                }

                _origins.Add(info.Name, shard);
            }
            else if (!shard.Skipped.Any(skipped => skipped.Name == name) && !IsScale(shard, name))
            {
                throw new CheckpointException($"{path} says that {Quotation.Of(name)} is in {Quotation.Of(file)}, but that file has no such tensor.");
            }
        }
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string FormatName => $"{_shards.Length} files of {_shards[0].FormatName}";

    /// <summary>The weights that the index names, in its order.</summary>
    public IReadOnlyDictionary<string, WeightInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public IReadOnlyList<SkippedTensor> Skipped => [.. _shards.SelectMany(shard => shard.Skipped)];

    /// <summary>Opens an index and all files that it names.</summary>
    /// <exception cref="CheckpointException">It is no such index, it names a file that is not beside it, or one of the files is damaged.</exception>
    public static ShardedSource Open(string path)
    {
        Dictionary<string, string> map = ReadMap(path);
        string[] files = [.. map.Values.Distinct().Order(StringComparer.Ordinal)];
        if (files.Length is 0 or > MostFiles)
        {
            throw new CheckpointException($"{path} names {files.Length} files; from 1 to {MostFiles} are expected.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, IWeightSource> shards = [];
        try
        {
            foreach (string file in files)
            {
                // An index must not reach into other folders, nor lead to itself.
                if (file != Path.GetFileName(file) || file is "." or ".." || file.Contains('\\', StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                {
                    throw new CheckpointException($"{path} names the file {Quotation.Of(file)}; only weights beside the index are read.");
                }

                shards.Add(file, CheckpointFile.Open(Path.Combine(folder, file)));
            }

            return new ShardedSource(path, shards, map);
        }
        catch
        {
            foreach (IWeightSource shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public Weight Get(string name) => _origins.TryGetValue(name, out IWeightSource? shard)
        ? shard.Get(name)
        : throw new CheckpointException($"{Description} has no weight {Quotation.Of(name)}.");

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (IWeightSource shard in _shards)
        {
            shard.Dispose();
        }
    }

    private static bool IsFourBit(IWeightSource shard, string name, [NotNullWhen(true)] out WeightInfo? info)
    {
        info = null;
        return SafetensorsLayout.WeightOf(name) is string weight && SafetensorsLayout.FourBitNameOf(weight) == name
            && shard.Tensors.TryGetValue(weight, out info) && info.Type == DType.Int4;
    }

    private static bool IsScale(IWeightSource shard, string name) =>
        SafetensorsLayout.WeightOf(name) is string weight && SafetensorsLayout.ScaleNameOf(weight) == name
        && shard.Tensors.TryGetValue(weight, out WeightInfo? scaled) && scaled.Type is DType.Int8 or DType.Int4;

    private static Dictionary<string, string> ReadMap(string path)
    {
        byte[] json = CheckpointStream.Open(path, stream =>
        {
            using FileStream index = stream;
            return index.Length <= MostIndexBytes
                ? CheckpointStream.BytesAt(index, 0, index.Length)
                : throw new CheckpointException($"{path} has {index.Length:N0} bytes; an index of at most {MostIndexBytes:N0} is read.");
        });
        Dictionary<string, string> map = [];
        try
        {
            using JsonDocument index = JsonDocument.Parse(json);
            foreach (JsonProperty entry in index.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                map[entry.Name] = entry.Value.GetString() ?? throw new FormatException($"{Quotation.Of(entry.Name)} has no file.");
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException($"{path} is not the index of a checkpoint, a JSON object with 'weight_map': {exception.Message}", exception);
        }

        return map;
    }
}
