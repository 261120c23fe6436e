using Supir.Checkpoints.Pickles;

namespace Supir.Checkpoints;

/// <summary>Opens a checkpoint of any format that is known, told by what is in the file and not by its name.</summary>
public static class CheckpointFile
{
    /// <summary>What a folder's weights are called, in the order in which they are looked for: Hugging Face's names.</summary>
    private static readonly string[] NamesInFolder =
    [
        "model.safetensors", "model.safetensors.index.json", "diffusion_pytorch_model.safetensors", "open_clip_model.safetensors",
        "pytorch_model.bin", "pytorch_model.bin.index.json", "diffusion_pytorch_model.bin", "open_clip_pytorch_model.bin",
    ];

    /// <summary>Names of torch's files; one that begins like no known format is read as a bare pickle, so that what it asks for is named.</summary>
    private static readonly string[] TorchExtensions = [".ckpt", ".pth", ".pt", ".bin", ".pkl", ".pickle"];

    private enum Format
    {
        Safetensors,
        Torch,
        Index,
    }

    /// <summary>Opens a safetensors file, a torch file (zip or older), the index of a file in several parts, or a Hugging Face folder of any of them.</summary>
    /// <exception cref="CheckpointException">There is no such file, or it is damaged, of an unknown format, or asks for anything but weights.</exception>
    public static IWeightSource Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = Directory.Exists(path) ? FileIn(path) : path;
        return FormatOf(file) switch
        {
            Format.Torch => TorchFile.Open(file),
            Format.Index => ShardedSource.Open(file),
            _ => SafetensorsFile.Open(file),
        };
    }

    /// <summary>The file in a folder that holds its weights.</summary>
    private static string FileIn(string folder) =>
        NamesInFolder.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new CheckpointException(
            $"The folder {folder} holds no weights that are known by their file name ({string.Join(", ", NamesInFolder)}). Name the file itself.");

    private static Format FormatOf(string path)
    {
        using FormatProbe probe = CheckpointStream.Open(path, stream => new FormatProbe(stream));
        ReadOnlySpan<byte> start = probe.Start;
        const int HeaderLengthBytes = 8;
        const byte PickleProtocol = 0x80;
        if (start.Length > HeaderLengthBytes && start[HeaderLengthBytes] == '{')
        {
            return Format.Safetensors;
        }

        return start.StartsWith(TorchFile.ArchiveStart) || start[0] == PickleProtocol ? Format.Torch
            : start[0] == '{' ? Format.Index
            : TorchExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) && FileKind.Hint(start).Length == 0 ? Format.Torch
            : Format.Safetensors;
    }

    /// <summary>A file that is opened only for its first bytes.</summary>
    private sealed class FormatProbe(FileStream stream) : IDisposable
    {
        private readonly byte[] _start = [.. CheckpointStream.StartOf(stream)];

        public ReadOnlySpan<byte> Start => _start;

        public void Dispose() => stream.Dispose();
    }
}
