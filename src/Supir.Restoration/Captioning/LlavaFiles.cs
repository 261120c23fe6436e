using Supir.Checkpoints;
using Supir.Models.Llava;
using Supir.Models.Tokenizers;

namespace Supir.Restoration.Captioning;

/// <summary>The files of a LLaVA-1.5: Hugging Face's folder, or the original repository's with CLIP's vision tower apart.</summary>
internal sealed class LlavaFiles : IDisposable
{
    private static readonly string[] TokenizerNames = ["tokenizer.model", "tokenizer.json"];

    private LlavaFiles(string folder, OverlaySource weights, LlavaConfig config, SentencePieceTokenizer tokenizer)
    {
        Folder = folder;
        Weights = weights;
        Config = config;
        Tokenizer = tokenizer;
    }

    /// <summary>Where tokenizer and configuration lie.</summary>
    public string Folder { get; }

    /// <summary>All weights by the names of <see cref="LlavaNames"/>.</summary>
    public OverlaySource Weights { get; }

    /// <summary>What the folder's config.json says.</summary>
    public LlavaConfig Config { get; }

    /// <summary>The tokenizer.</summary>
    public SentencePieceTokenizer Tokenizer { get; }

    /// <summary>Opens the files' headers.</summary>
    /// <param name="path">A folder, or a single file beside which the tokenizer lies.</param>
    /// <param name="clipPath">The folder or file of CLIP ViT-L/14-336, where it is apart.</param>
    /// <exception cref="CheckpointException">A file is missing or damaged, or there is no vision tower.</exception>
    public static LlavaFiles Open(string path, string? clipPath)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        List<IWeightSource> sources = [];
        try
        {
            string tokenizer = TokenizerNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
                ?? throw new CheckpointException($"There is no {string.Join(" or ", TokenizerNames)} in {folder}: LLaVA's words are read with it.");
            sources.Add(new RenamedSource(CheckpointFile.Open(path), LlavaNames.Normalise));
            if (clipPath is not null)
            {
                sources.Add(new RenamedSource(CheckpointFile.Open(clipPath), name => VisionNameOf(name)));
            }

            OverlaySource weights = new([.. sources]);
            if (!weights.Tensors.ContainsKey("vision_tower.vision_model.embeddings.class_embedding"))
            {
                throw new CheckpointException($"{path} has no vision tower: name the folder of CLIP ViT-L/14-336 with --llava_clip, or in {LlavaOptions.ClipVariable}.");
            }

            return new LlavaFiles(folder, weights, LlavaConfig.Open(folder), SentencePieceTokenizer.Open(tokenizer));
        }
        catch
        {
            sources.ForEach(source => source.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    private static string? VisionNameOf(string name) =>
        LlavaNames.Normalise(name) is string full && full.StartsWith("vision_tower.", StringComparison.Ordinal) ? full : null;
}
