namespace Supir.Models.Tokenizers;

/// <summary>What a piece of a SentencePiece vocabulary is for; the numbers are those of sentencepiece_model.proto.</summary>
internal enum SentencePieceKind
{
    /// <summary>Text that pieces are joined to.</summary>
    Normal = 1,

    /// <summary>What stands for text that nothing else can say.</summary>
    Unknown = 2,

    /// <summary>A mark such as the end of a text, which text never turns into.</summary>
    Control = 3,

    /// <summary>A mark that its makers added; text does not turn into it here.</summary>
    UserDefined = 4,

    /// <summary>A piece that is not given out.</summary>
    Unused = 5,

    /// <summary>One byte of UTF-8, for characters without a piece.</summary>
    Byte = 6,
}

/// <summary>A piece of a vocabulary.</summary>
/// <param name="Text">Its text, with ▁ for a space.</param>
/// <param name="Score">Of two possible joins the one whose result has the higher score comes first.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind);
