using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;

namespace Supir.Restoration.Captioning;

/// <summary>Writes a LLaVA as a folder of its own: the weights as one safetensors file, in fewer bits, and what lay beside them.</summary>
/// <remarks>Where CLIP's vision tower was apart, the folder has it. It says the same as its source does when that is loaded in as many bits.</remarks>
public static class LlavaConverter
{
    private const string WeightsName = "model.safetensors";

    /// <summary>What a published folder has beside its weights.</summary>
    private static readonly string[] NamesBeside =
    [
        "config.json", "generation_config.json", "preprocessor_config.json", "processor_config.json", "chat_template.json", "tokenizer.model",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md",
        "NOTICE", "Notice", "USE_POLICY.md",
    ];

    /// <summary>Converts a LLaVA.</summary>
    /// <param name="path">Its folder, or the single file of its weights.</param>
    /// <param name="clipPath">The folder or file of CLIP's vision tower, where that is apart.</param>
    /// <param name="folder">The folder to write. It gets its name when it is whole.</param>
    /// <param name="format">Half precision, 8 or 4 bits.</param>
    /// <param name="progress">Is told after each weight.</param>
    /// <param name="cancellationToken">Asked before each weight; nothing is left behind then.</param>
    /// <exception cref="OptionException">The folder is there already or cannot be, or its disk has too little room.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged, was converted before, or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ConversionReport Convert(
        string path,
        string? clipPath,
        string folder,
        ConversionFormat format,
        IProgress<ConversionProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        RequireNew(folder);
        using LlavaFiles files = LlavaFiles.Open(path, clipPath);
        ConversionOptions options = new() { Format = format };
        UnfinishedConversion.RemoveLeftovers(folder);
        DiskRoom.Require(folder, CheckpointConverter.Measure(files.Weights, options));
        string unfinished = UnfinishedConversion.PathOf(folder);
        try
        {
            Directory.CreateDirectory(unfinished);
            CopyBeside(files.Folder, unfinished);
            ConversionReport report = CheckpointConverter.Convert(files.Weights, Path.Combine(unfinished, WeightsName), options, progress, cancellationToken);
            Directory.Move(unfinished, folder);
            return report with { Path = folder };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{folder} cannot be written: {exception.Message}", exception);
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    private static void RequireNew(string folder)
    {
        if (Path.Exists(folder))
        {
            throw new OptionException($"--output: {folder} exists, and is not overwritten; name a folder that does not.");
        }

        if (Path.GetExtension(folder).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new OptionException($"--output: {folder} would be a folder, since a LLaVA has a tokenizer beside its weights; leave '.safetensors' out.");
        }
    }

    /// <summary>Copies tokenizer, configuration and licence.</summary>
    private static void CopyBeside(string source, string target)
    {
        foreach (string name in NamesBeside.Where(name => File.Exists(Path.Combine(source, name))))
        {
            File.Copy(Path.Combine(source, name), Path.Combine(target, name));
        }
    }
}
