using Supir.Models.Tokenizers;

namespace Supir.Models.Llava;

/// <summary>A question about a picture in the words of the conversation <c>vicuna_v1</c>, in two parts between which the picture stands.</summary>
/// <remarks>Each part is encoded on its own, with the space that the tokenizer puts in front, as the original does.
/// Source: llava/conversation.py and <c>tokenizer_image_token</c> in llava/mm_utils.py (SUPIR @ bda91af).</remarks>
/// <param name="Before">The ids before the picture, the start of the text included.</param>
/// <param name="After">The ids behind it.</param>
public sealed record VicunaPrompt(int[] Before, int[] After)
{
    private const string Introduction =
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: ";

    /// <summary>Tokens of both parts.</summary>
    public int Length => Before.Length + After.Length;

    /// <summary>Puts a question.</summary>
    public static VicunaPrompt Ask(SentencePieceTokenizer tokenizer, string question)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new VicunaPrompt([tokenizer.StartToken, .. tokenizer.Encode(Introduction)], tokenizer.Encode($"\n{question} ASSISTANT:"));
    }

    /// <summary>The embeddings of the whole, the picture's tokens in their place.</summary>
    /// <param name="decoder">The language model.</param>
    /// <param name="picture">The picture's tokens, row by row.</param>
    public float[] Embed(LlamaDecoder decoder, ReadOnlySpan<float> picture)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        int before = Before.Length * decoder.Channels;
        float[] rows = new float[before + picture.Length + (After.Length * decoder.Channels)];
        decoder.Embed(Before, rows.AsSpan(0, before));
        picture.CopyTo(rows.AsSpan(before));
        decoder.Embed(After, rows.AsSpan(before + picture.Length));
        return rows;
    }
}
