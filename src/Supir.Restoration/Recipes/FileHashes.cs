using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Supir.Restoration.Recipes;

/// <summary>Hashes of large files, which are remembered: a checkpoint of 13 GB is read once and not before every run.</summary>
/// <remarks>A file that still has its path, length and time of change is taken for the same. The memory is a file; without it, or where it
/// cannot be written, hashes are computed again.</remarks>
public sealed class FileHashes
{
    private const int BlockBytes = 1 << 20;
    private const int MostEntries = 1000;

    private readonly string? _memory;

    /// <summary>Hashes that are remembered in a file; not remembered where it is <c>null</c>.</summary>
    public FileHashes(string? memory)
    {
        _memory = memory;
    }

    /// <summary>Remembered where results of slow work are kept.</summary>
    public static FileHashes OfUser() => new(CacheFolder.Of("hashes.json"));

    /// <summary>A file's name and hash.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told what part of the file is read, while it is.</param>
    /// <param name="cancellationToken">Asked now and then.</param>
    /// <exception cref="Checkpoints.CheckpointException">The file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public FileIdentity Of(string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        FileInfo file = new(Path.GetFullPath(path));
        try
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
            Dictionary<string, string> known = Recall();
            if (!known.TryGetValue(key, out string? hash))
            {
                hash = Compute(file, progress, cancellationToken);
                Remember(key, hash);
            }

            return new FileIdentity(file.Name, hash);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new Checkpoints.CheckpointException($"{path}: the file cannot be read ({exception.Message}).", exception);
        }
    }

    private static string Compute(FileInfo file, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using FileStream stream = file.OpenRead();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockBytes];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, read);
            progress?.Report((double)stream.Position / Math.Max(1, file.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Dictionary<string, string> Recall()
    {
        try
        {
            return _memory is not null && File.Exists(_memory)
                ? Parse(File.ReadAllBytes(_memory))
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private static Dictionary<string, string> Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Dictionary<string, string> known = [];
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (entry.Value.ValueKind == JsonValueKind.String)
                {
                    known[entry.Name] = entry.Value.GetString()!;
                }
            }
        }

        return known;
    }

    private static byte[] Write(Dictionary<string, string> known)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            foreach ((string key, string hash) in known)
            {
                writer.WriteString(key, hash);
            }

            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private void Remember(string key, string hash)
    {
        if (_memory is null)
        {
            return;
        }

        // Another run may have remembered something meanwhile.
        Dictionary<string, string> known = Recall();
        if (known.Count >= MostEntries)
        {
            known.Clear();
        }

        known[key] = hash;
        string temporary = $"{_memory}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_memory)!);
            File.WriteAllBytes(temporary, Write(known));
            File.Move(temporary, _memory, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nothing hangs on it.
        }
    }
}
