using System.Globalization;
using System.Net;
using System.Text;

namespace Supir.Models.Tokenizers;

/// <summary>Prepares text for CLIP's byte-pair encoding: cleaning, and cutting into words.</summary>
/// <remarks>Follows open_clip's <c>SimpleTokenizer</c> and what it takes from the Python package ftfy: entities, quotes, ligatures,
/// wide letters, control characters, lone surrogates. Left out of ftfy: guessing at text that was decoded wrongly, terminal colours,
/// halfwidth kana, and canonical composition (NFC), which .NET does not have under InvariantGlobalization. A Greek sigma at a word's
/// end becomes σ, not ς; entities are HTML 4's and need their semicolon.</remarks>
internal static class ClipText
{
    private const char WideFirst = '\uFF01';
    private const char WideLast = '\uFF5E';
    private const int WideDistance = WideFirst - '!';

    // In the order in which CLIP's pattern tries them.
    private static readonly string[] WholeWords =
        ["<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>The cleaned text in lower case; words are separated by single spaces, none at the ends.</summary>
    /// <param name="text">Any text, also an ill-formed one.</param>
    /// <param name="alwaysUnescapesHtml">Whether entities are resolved twice more, and where there is markup too, as open_clip does;
    /// ftfy alone leaves text with a '&lt;' as it is.</param>
    public static string Clean(string text, bool alwaysUnescapesHtml)
    {
        string unescaped = text.Contains('<', StringComparison.Ordinal) ? text : WebUtility.HtmlDecode(text);
        StringBuilder repaired = new(unescaped.Length);
        foreach (Rune rune in unescaped.EnumerateRunes()) // gives U+FFFD for a lone surrogate
        {
            AppendRepaired(repaired, rune);
        }

        string result = repaired.ToString();
        return LowerWithSingleSpaces(alwaysUnescapesHtml ? WebUtility.HtmlDecode(WebUtility.HtmlDecode(result)) : result);
    }

    /// <summary>How many UTF-16 units the first word has: a contraction's end, a run of letters, one digit, or a run of anything else.</summary>
    /// <param name="text">Cleaned text that begins with a word.</param>
    public static int FirstWordLength(ReadOnlySpan<char> text)
    {
        foreach (string word in WholeWords)
        {
            if (text.StartsWith(word, StringComparison.Ordinal))
            {
                return word.Length;
            }
        }

        _ = Rune.DecodeFromUtf16(text, out Rune first, out int length);
        WordKind kind = KindOf(first);
        while (kind != WordKind.Digit && length < text.Length)
        {
            _ = Rune.DecodeFromUtf16(text[length..], out Rune next, out int nextLength);
            if (KindOf(next) != kind)
            {
                break;
            }

            length += nextLength;
        }

        return length;
    }

    private static WordKind KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => WordKind.Letters,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => WordKind.Digit,
        _ => rune.Value == ' ' ? WordKind.Space : WordKind.Signs,
    };

    private static void AppendRepaired(StringBuilder text, Rune rune)
    {
        _ = rune.Value switch
        {
            < 9 or 0x0B or (>= 0x0E and < 0x20) or 0x7F or (>= 0x206A and <= 0x206F) or 0xFEFF or (>= 0xFFF9 and <= 0xFFFC) => text,
            0x02BC or (>= 0x2018 and <= 0x201B) => text.Append('\''),
            >= 0x201C and <= 0x201F => text.Append('"'),
            >= WideFirst and <= WideLast => text.Append((char)(rune.Value - WideDistance)),
            'Ĳ' => text.Append("IJ"),
            'ĳ' => text.Append("ij"),
            'ŉ' => text.Append("'n"),
            'Ǆ' => text.Append("DŽ"),
            'ǅ' => text.Append("Dž"),
            'ǆ' => text.Append("dž"),
            'Ǉ' => text.Append("LJ"),
            'ǈ' => text.Append("Lj"),
            'ǉ' => text.Append("lj"),
            'Ǌ' => text.Append("NJ"),
            'ǋ' => text.Append("Nj"),
            'ǌ' => text.Append("nj"),
            'Ǳ' => text.Append("DZ"),
            'ǲ' => text.Append("Dz"),
            'ǳ' => text.Append("dz"),
            0xFB00 => text.Append("ff"),
            0xFB01 => text.Append("fi"),
            0xFB02 => text.Append("fl"),
            0xFB03 => text.Append("ffi"),
            0xFB04 => text.Append("ffl"),
            0xFB05 => text.Append("ſt"),
            0xFB06 => text.Append("st"),
            _ => text.Append(rune.ToString()),
        };
    }

    private static string LowerWithSingleSpaces(string text)
    {
        StringBuilder result = new(text.Length);
        bool spaceIsDue = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || rune.Value is >= 0x1C and <= 0x1F) // the latter by Python's reckoning
            {
                spaceIsDue = result.Length > 0;
                continue;
            }

            if (spaceIsDue)
            {
                result.Append(' ');
                spaceIsDue = false;
            }

            // The one letter whose lower case is two characters everywhere: i and a dot above.
            result.Append(rune.Value == 'İ' ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString());
        }

        return result.ToString();
    }

    private enum WordKind
    {
        Space,
        Letters,
        Digit,
        Signs,
    }
}
