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

    /// <summary>A name of the goldens in the original repository's files, which lack the vision tower.</summary>
    public static string? OriginalName(string name) =>
        name.StartsWith("vision_tower.", StringComparison.Ordinal) ? null
        : name.StartsWith("multi_modal_projector.linear_1.", StringComparison.Ordinal) ? "model.mm_projector.0." + name["multi_modal_projector.linear_1.".Length..]
        : name.StartsWith("multi_modal_projector.linear_2.", StringComparison.Ordinal) ? "model.mm_projector.2." + name["multi_modal_projector.linear_2.".Length..]
        : name["language_model.".Length..];

    /// <summary>A name of the goldens in the files of CLIP's vision tower.</summary>
    public static string? ClipName(string name) => name.StartsWith("vision_tower.", StringComparison.Ordinal) ? name["vision_tower.".Length..] : null;

    /// <summary>Turns the original repository's two folders into what they are there: torch's shards.</summary>
    public void AsTorchShards()
    {
        foreach ((string folder, Func<string, string?> rename, int shards) in new[] { (Folder, (Func<string, string?>)OriginalName, 3), (ClipFolder, ClipName, 1) })
        {
            File.Delete(Path.Combine(folder, "model.safetensors"));
            using RenamedSource renamed = new(SyntheticSource.Open(Golden.PathOf("llava.manifest.json")), rename);
            TorchShards.Write(renamed, folder, shards);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static void Write(string folder, Func<string, string?> rename)
    {
        using RenamedSource renamed = new(SyntheticSource.Open(Golden.PathOf("llava.manifest.json")), rename);
        CheckpointConverter.Convert(renamed, Path.Combine(folder, "model.safetensors"), new ConversionOptions { Format = ConversionFormat.Float16 });
    }
}
