using Supir.Restoration.Options;

namespace Supir.Restoration.Recipes;

/// <summary>Which model a picture was made with.</summary>
/// <param name="Options">The name of the options file.</param>
/// <param name="Description">The SHA-256 of what the options file says of networks, sampler and noise levels; not of paths and defaults.</param>
/// <param name="Files">The files that were read, in order.</param>
public sealed record ModelIdentity(string Options, string Description, IReadOnlyList<FileIdentity> Files)
{
    /// <summary>The identity of a model; its files are hashed unless their hashes are remembered.</summary>
    /// <param name="options">The model.</param>
    /// <param name="variant">Which of its SUPIR checkpoints.</param>
    /// <param name="hashes">Hashes and remembers.</param>
    /// <param name="progress">Told the file that is read and what part of it is.</param>
    /// <param name="cancellationToken">Asked now and then.</param>
    /// <exception cref="OptionException">The options name no checkpoint.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file cannot be read.</exception>
    public static ModelIdentity Of(
        ModelOptions options, SupirVariant variant, FileHashes hashes, IProgress<(string File, double Part)>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(hashes);
        List<FileIdentity> files = [];
        void Add(string file, float? strength) =>
            files.Add(hashes.Of(file, progress is null ? null : new FileProgress(file, progress), cancellationToken) with { Strength = strength });

        CheckpointOptions checkpoints = options.Checkpoints;
        IEnumerable<string> encoders = new[] { checkpoints.Clip, checkpoints.OpenClip }.OfType<TextEncoderPath>().SelectMany(encoder => FilesOf(encoder.Path));
        foreach (string file in checkpoints.For(variant).SelectMany(FilesOf).Concat(encoders))
        {
            Add(file, null);
        }

        foreach (LoraFile lora in checkpoints.Loras)
        {
            Add(lora.Path, lora.Strength);
        }

        return new ModelIdentity(Path.GetFileName(options.Path), ModelDescription.HashOf(options), files);
    }

    /// <summary>A file, or the weights of a folder.</summary>
    private static IEnumerable<string> FilesOf(string path) => !Directory.Exists(path)
        ? [path]
        : Directory.EnumerateFiles(path).Where(file => Path.GetExtension(file) is ".safetensors" or ".bin" or ".pth" or ".ckpt").Order(StringComparer.Ordinal);

    private sealed class FileProgress(string file, IProgress<(string File, double Part)> listener) : IProgress<double>
    {
        public void Report(double value) => listener.Report((file, value));
    }
}
