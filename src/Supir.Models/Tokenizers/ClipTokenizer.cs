namespace Supir.Models.Tokenizers;

/// <summary>Turns text into the token ids that CLIP's text encoders read.</summary>
/// <remarks>
/// The text is cleaned and put in lower case, cut into words, and every word's bytes are joined to pieces by byte-pair encoding.
/// Both towers of SDXL have the same vocabulary; they differ in what follows the end token and in one detail of the cleaning.
/// Nothing is cached: a prompt is encoded once a picture, in less than a millisecond. Instances may be used by several threads at once.
/// Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", arXiv:2103.00020;
/// <c>FrozenCLIPEmbedder</c> and <c>FrozenOpenCLIPEmbedder2</c> in sgm/modules/encoders/modules.py (SUPIR @ bda91af).
/// NOTICE: the embedded vocabulary clip_bpe_vocab_16e6.txt.gz is OpenAI's CLIP's, as distributed with open_clip, under the MIT licence.
/// </remarks>
public sealed class ClipTokenizer
{
    /// <summary>The id before the first word.</summary>
    public const int StartToken = 49406;

    /// <summary>The id after the last word.</summary>
    public const int EndToken = 49407;

    /// <summary>How many ids a text encoder of CLIP reads, start and end included.</summary>
    public const int ContextLength = 77;

    private const string StartText = "<|startoftext|>";
    private const string EndText = "<|endoftext|>";

    private static readonly Lazy<ClipMerges> Merges = new(ClipMerges.Load);

    private readonly bool _alwaysUnescapesHtml;

    private ClipTokenizer(int padding, bool alwaysUnescapesHtml)
    {
        Padding = padding;
        _alwaysUnescapesHtml = alwaysUnescapesHtml;
    }

    /// <summary>The tokenizer of SDXL's first tower (OpenAI's ViT-L/14 in Hugging Face's transformers): pads with the end token.</summary>
    public static ClipTokenizer HuggingFace { get; } = new(EndToken, alwaysUnescapesHtml: false);

    /// <summary>The tokenizer of SDXL's second tower (ViT-bigG/14 in open_clip): pads with 0.</summary>
    public static ClipTokenizer OpenClip { get; } = new(padding: 0, alwaysUnescapesHtml: true);

    /// <summary>The id that fills the places after the end token.</summary>
    public int Padding { get; }

    /// <summary>Reads the vocabulary, which the first text would wait for.</summary>
    public static void LoadVocabulary() => _ = Merges.Value;

    /// <summary>The ids of a text, without start, end and padding.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Encode(text, int.MaxValue)];
    }

    /// <summary>The ids of a text between start and end token, cut or padded to a length.</summary>
    /// <param name="text">Any text; what does not fit is cut off, and the end token is kept.</param>
    /// <param name="length">How many ids come back: at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length has no room for start and end.</exception>
    public int[] EncodePadded(string text, int length = ContextLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        int room = length - 2;
        List<int> words = Encode(text, room);
        int[] ids = new int[length];
        Array.Fill(ids, Padding);
        int count = Math.Min(words.Count, room);
        ids[0] = StartToken;
        words.CopyTo(0, ids, 1, count);
        ids[count + 1] = EndToken;
        return ids;
    }

    /// <summary>The ids of as many words as it takes to have <paramref name="enough"/>, so possibly a few more.</summary>
    private List<int> Encode(string text, int enough)
    {
        List<int> ids = [];
        ReadOnlySpan<char> rest = ClipText.Clean(text, _alwaysUnescapesHtml);
        while (!rest.IsEmpty && ids.Count < enough)
        {
            int length = ClipText.FirstWordLength(rest);
            AddWord(rest[..length], ids);
            rest = rest[length..].TrimStart(' ');
        }

        return ids;
    }

    private static void AddWord(ReadOnlySpan<char> word, List<int> ids)
    {
        switch (word)
        {
            case StartText:
                ids.Add(StartToken);
                break;
            case EndText:
                ids.Add(EndToken);
                break;
            default:
                Merges.Value.Encode(word, ids);
                break;
        }
    }
}
