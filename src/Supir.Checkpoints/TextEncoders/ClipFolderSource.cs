namespace Supir.Checkpoints.TextEncoders;

/// <summary>SDXL's first text encoder out of Hugging Face's CLIP folder (openai/clip-vit-large-patch14), for use over or under an SDXL file.</summary>
public static class ClipFolderSource
{
    private const string TextModel = "text_model.";
    private const string Root = "conditioner.embedders.0.transformer.";

    /// <summary>Opens a folder with model.safetensors or pytorch_model.bin, or one such file. The picture's half of CLIP is left out.</summary>
    /// <exception cref="CheckpointException">There is none, it is damaged, or it holds no text encoder in Hugging Face's naming.</exception>
    public static IWeightSource Open(string path) =>
        TextEncoderFile.Open(path, Rename, $"{Root}{TextModel}embeddings.token_embedding.weight", "Hugging Face's CLIP ('text_model.embeddings.token_embedding.weight')");

    private static string? Rename(string name) => name.StartsWith(TextModel, StringComparison.Ordinal) ? Root + name : null;
}
