using System.Globalization;
using Supir.Checkpoints;

namespace Supir.Models.Tokenizers;

/// <summary>The pieces of a SentencePiece model and how text is prepared for them.</summary>
internal sealed class SentencePieceVocabulary
{
    private readonly Dictionary<string, int> _ids = [];

    /// <summary>Takes a vocabulary.</summary>
    /// <param name="description">The file, for messages.</param>
    /// <param name="pieces">The pieces; a piece's place is its id.</param>
    /// <param name="unknown">The id for what has no piece.</param>
    /// <param name="start">The id before a text.</param>
    /// <param name="end">The id after a text.</param>
    /// <param name="beginsWithSpace">Whether a space is put in front of every text.</param>
    /// <exception cref="CheckpointException">Two joined pieces are the same, a byte has no piece, or an id is none.</exception>
    public SentencePieceVocabulary(string description, IReadOnlyList<SentencePiece> pieces, int unknown, int start, int end, bool beginsWithSpace)
    {
        Pieces = pieces;
        Start = start;
        End = end;
        BeginsWithSpace = beginsWithSpace;
        foreach (int id in new[] { unknown, start, end })
        {
            if (id < 0 || id >= pieces.Count)
            {
                throw new CheckpointException($"{description}: the mark {id} is outside of the vocabulary of {pieces.Count} pieces.");
            }
        }

        Array.Fill(Bytes, -1);
        for (int id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Kind == SentencePieceKind.Normal && !_ids.TryAdd(pieces[id].Text, id))
            {
                throw new CheckpointException($"{description}: the ids {_ids[pieces[id].Text]} and {id} have the same text.");
            }

            if (pieces[id].Kind == SentencePieceKind.Byte)
            {
                Bytes[ByteOf(description, pieces[id].Text)] = id;
            }
        }

        int missing = Array.IndexOf(Bytes, -1);
        if (missing >= 0)
        {
            throw new CheckpointException(
                FormattableString.Invariant($"{description}: there is no piece <0x{missing:X2}>; only models with a piece for each byte, as LLaMA's, can be read."));
        }
    }

    /// <summary>The pieces by id.</summary>
    public IReadOnlyList<SentencePiece> Pieces { get; }

    /// <summary>The id before a text.</summary>
    public int Start { get; }

    /// <summary>The id after a text.</summary>
    public int End { get; }

    /// <summary>Whether a space is put in front of every text.</summary>
    public bool BeginsWithSpace { get; }

    /// <summary>The ids of the 256 bytes.</summary>
    public int[] Bytes { get; } = new int[256];

    /// <summary>The id of a text that is one piece, or −1.</summary>
    public int Find(ReadOnlySpan<char> text) =>
        _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out int id) ? id : -1;

    /// <summary>The byte that a piece such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    public static byte ByteOf(string description, string text) =>
        text.Length == "<0x00>".Length && text.StartsWith("<0x", StringComparison.Ordinal) && text[^1] == '>'
        && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : throw new CheckpointException($"{description}: '{text}' is marked as the piece of a byte but does not name one.");
}
