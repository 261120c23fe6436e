namespace Supir.Restoration.Options;

/// <summary>Which of the two text towers.</summary>
public enum TextEncoderKind
{
    /// <summary><c>FrozenCLIPEmbedder</c>: OpenAI's CLIP text tower as Hugging Face names its weights.</summary>
    Clip,

    /// <summary><c>FrozenOpenCLIPEmbedder2</c>: an OpenCLIP text tower, which also gives the pooled vector.</summary>
    OpenClip,
}

/// <summary>What an options file says of a text tower; its sizes are read off the checkpoint.</summary>
/// <param name="Kind">Which tower.</param>
/// <param name="HiddenLayer">The hidden state that cross-attention reads, counted from the embeddings as 0 (<c>layer: hidden</c>,
/// <c>layer_idx</c>); <c>null</c> for the last but one (<c>layer: penultimate</c>).</param>
public sealed record TextEncoderOptions(TextEncoderKind Kind, int? HiddenLayer);
