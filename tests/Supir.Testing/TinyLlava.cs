using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;

namespace Supir.Testing;

/// <summary>The goldens' tiny LLaVA as files, in any of the namings in which the published ones lie.</summary>
public sealed class TinyLlava : IDisposable
{
    private const string Config =
        """{"text_config": {"num_attention_heads": 4, "rms_norm_eps": 1e-05}, "vision_config": {"num_attention_heads": 4}}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("supir-llava-");

    /// <summary>Writes the folder.</summary>
    /// <param name="rename">A name in the file for a name of the goldens; <c>null</c> for what lies elsewhere.</param>
    /// <param name="clip">The same for the folder of CLIP; <c>null</c> for no such folder.</param>
    public TinyLlava(Func<string, string?> rename, Func<string, string?>? clip = null)
    {
        Write(Folder, rename);
        File.Copy(Golden.PathOf("llava_tokenizer.model"), Path.Combine(Folder, "tokenizer.model"));
        File.WriteAllText(Path.Combine(Folder, "config.json"), Config);
        if (clip is not null)
        {
            Directory.CreateDirectory(ClipFolder);
            Write(ClipFolder, clip);
        }
    }

    /// <summary>The folder of the model.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The folder of CLIP.</summary>
    public string ClipFolder => Path.Combine(Folder, "clip");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static void Write(string folder, Func<string, string?> rename)
    {
        using RenamedSource renamed = new(SyntheticSource.Open(Golden.PathOf("llava.manifest.json")), rename);
        CheckpointConverter.Convert(renamed, Path.Combine(folder, "model.safetensors"), new ConversionOptions { Format = ConversionFormat.Float16 });
    }
}
