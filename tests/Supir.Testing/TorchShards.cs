using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Supir.Checkpoints;
using Supir.Engine.Weights;

namespace Supir.Testing;

/// <summary>Writes weights in halves as torch.save and Hugging Face's sharding do: pytorch_model-0000N-of-0000M.bin and their index.</summary>
public static class TorchShards
{
    /// <summary>Writes all weights of a source into a folder.</summary>
    public static void Write(IWeightSource source, string folder, int count)
    {
        Dictionary<string, string> places = [];
        string[][] parts = [.. source.Tensors.Keys.Chunk((source.Tensors.Count + count - 1) / count)];
        for (int i = 0; i < parts.Length; i++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"pytorch_model-{i + 1:D5}-of-{parts.Length:D5}.bin");
            Array.ForEach(parts[i], name => places.Add(name, file));
            WriteFile([.. parts[i].Select(source.Get)], parts[i], Path.Combine(folder, file));
        }

        File.WriteAllText(Path.Combine(folder, "pytorch_model.bin.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = places }));
    }

    private static unsafe void WriteFile(Weight[] weights, string[] names, string path)
    {
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        StringBuilder pickle = new("\u0080\u0002}(");
        for (int i = 0; i < weights.Length; i++)
        {
            pickle.Append(Text(names[i])).Append(Tensor(i, weights[i]));
        }

        Add(archive, "archive/data.pkl", Encoding.Latin1.GetBytes(pickle.Append("u.").ToString()));
        for (int i = 0; i < weights.Length; i++)
        {
            nint elements = weights[i].Pin();
            Add(archive, $"archive/data/{i}", new ReadOnlySpan<byte>((byte*)elements, (int)weights[i].ByteCount));
            weights[i].Unpin();
        }
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes)
    {
        using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    /// <summary>torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()).</summary>
    private static string Tensor(int key, Weight weight)
    {
        int[] lengths = [.. Enumerable.Range(0, weight.Shape.Rank).Select(axis => weight.Shape[axis])];
        int[] strides = [.. lengths.Select((_, axis) => lengths[(axis + 1)..].Aggregate(1, (product, length) => product * length))];
        return $"ctorch._utils\n_rebuild_tensor_v2\n(({Text("storage")}ctorch\nHalfStorage\n{Text(key.ToString(CultureInfo.InvariantCulture))}{Text("cpu")}L{weight.Shape.ElementCount}L\ntQ" +
            $"K\u0000({Numbers(lengths)}t({Numbers(strides)}t\u0089ccollections\nOrderedDict\n)RtR";
    }

    private static string Text(string text) => $"U{(char)text.Length}{text}";

    private static string Numbers(int[] numbers) => string.Concat(numbers.Select(number => $"L{number}L\n"));
}
