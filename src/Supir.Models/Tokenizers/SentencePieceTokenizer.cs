using System.Text;
using Supir.Checkpoints;

namespace Supir.Models.Tokenizers;

/// <summary>Turns text into the token ids that LLaMA reads, and ids into text.</summary>
/// <remarks>Byte-pair encoding over characters: of all neighbours whose joined text is a piece, those with the best piece are joined
/// first. Source: Kudo and Richardson 2018, "SentencePiece", arXiv:1808.06226; src/bpe_model.cc of that project.</remarks>
public sealed class SentencePieceTokenizer
{
    /// <summary>LLaMA's has half a megabyte, with joins and a large vocabulary several.</summary>
    private const long MostBytes = 64L << 20;

    private const char Space = '▁';

    private readonly SentencePieceVocabulary _vocabulary;

    private SentencePieceTokenizer(SentencePieceVocabulary vocabulary) => _vocabulary = vocabulary;

    /// <summary>The id before a text.</summary>
    public int StartToken => _vocabulary.Start;

    /// <summary>The id that ends a text.</summary>
    public int EndToken => _vocabulary.End;

    /// <summary>Ids there are.</summary>
    public int Count => _vocabulary.Pieces.Count;

    /// <summary>Opens a tokenizer.model or tokenizer.json; which of them it is, the file's content says.</summary>
    /// <exception cref="CheckpointException">There is no such file, it is damaged, or it is not of LLaMA's kind.</exception>
    public static SentencePieceTokenizer Open(string path)
    {
        try
        {
            byte[] bytes = new FileInfo(path).Length <= MostBytes
                ? File.ReadAllBytes(path)
                : throw new CheckpointException($"{path} is larger than any tokenizer.");
            return new SentencePieceTokenizer(bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8)
                ? TokenizerJson.Read(path, bytes)
                : SentencePieceFile.Read(path, bytes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The tokenizer {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The ids of a text, without marks before or behind it.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            return [];
        }

        string prepared = (_vocabulary.BeginsWithSpace ? " " : "") + text;
        prepared = string.Concat(prepared.EnumerateRunes().Select(rune => rune.Value == ' ' ? Space.ToString() : rune.ToString()));
        PieceChain chain = new(_vocabulary, prepared);
        List<int> ids = [];
        Span<byte> bytes = stackalloc byte[4];
        foreach (Range range in chain.Join())
        {
            ReadOnlySpan<char> piece = prepared.AsSpan()[range];
            int id = _vocabulary.Find(piece);
            if (id >= 0)
            {
                ids.Add(id);
                continue;
            }

            // What no join made is one character.
            int count = Encoding.UTF8.GetBytes(piece, bytes);
            for (int i = 0; i < count; i++)
            {
                ids.Add(_vocabulary.Bytes[bytes[i]]);
            }
        }

        return [.. ids];
    }

    /// <summary>The text of ids. Marks say nothing; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Decode(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        StringBuilder text = new();
        List<byte> bytes = [];
        bool isFirst = true;
        foreach (int id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)_vocabulary.Pieces.Count, nameof(ids));
            SentencePiece piece = _vocabulary.Pieces[id];
            if (piece.Kind == SentencePieceKind.Byte)
            {
                bytes.Add(SentencePieceVocabulary.ByteOf("", piece.Text));
                isFirst = false;
                continue;
            }

            AppendCharacters(bytes, text);
            if (piece.Kind == SentencePieceKind.Normal)
            {
                // The space that Encode put in front is taken away again.
                string said = piece.Text.Replace(Space, ' ');
                text.Append(isFirst && _vocabulary.BeginsWithSpace && said[0] == ' ' ? said.AsSpan(1) : said);
                isFirst = false;
            }
        }

        AppendCharacters(bytes, text);
        return text.ToString();
    }

    private static void AppendCharacters(List<byte> bytes, StringBuilder text)
    {
        ReadOnlySpan<byte> rest = bytes.ToArray();
        while (!rest.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf8(rest, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            text.Append(isValid ? rune.ToString() : "\uFFFD");
            rest = rest[(isValid ? length : 1)..];
        }

        bytes.Clear();
    }
}
