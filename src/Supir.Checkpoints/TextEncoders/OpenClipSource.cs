namespace Supir.Checkpoints.TextEncoders;

/// <summary>SDXL's second text encoder out of OpenCLIP's open_clip_pytorch_model.bin (laion/CLIP-ViT-bigG-14-laion2B-39B-b160k).</summary>
public static class OpenClipSource
{
    private const string Root = "conditioner.embedders.1.model.";

    /// <summary>What the names of the text encoder's weights begin with; the picture's half of CLIP is under <c>visual.</c>.</summary>
    private static readonly string[] TextNames =
        ["transformer.resblocks.", "positional_embedding", "text_projection", "logit_scale", "token_embedding.", "ln_final."];

    /// <summary>Opens the file, or a folder with it. The picture's half of CLIP is left out.</summary>
    /// <exception cref="CheckpointException">There is none, it is damaged, or it holds no text encoder in OpenCLIP's naming.</exception>
    public static IWeightSource Open(string path) =>
        TextEncoderFile.Open(path, Rename, $"{Root}token_embedding.weight", "OpenCLIP's model ('token_embedding.weight')");

    private static string? Rename(string name) =>
        Array.Exists(TextNames, start => name.StartsWith(start, StringComparison.Ordinal)) ? Root + name : null;
}
