namespace Supir.Restoration.Captioning;

/// <summary>Makes one line of what a captioner said.</summary>
internal static class CaptionText
{
    /// <summary>More than any model that describes a picture has to say, and no prompt is helped by more.</summary>
    private const int MostCharacters = 8000;

    private const string ThoughtStart = "<think>";
    private const string ThoughtEnd = "</think>";

    /// <summary>The text without line breaks, control characters and what a model thought before it answered.</summary>
    public static string Clean(string text)
    {
        int end = text.TrimStart().StartsWith(ThoughtStart, StringComparison.OrdinalIgnoreCase)
            ? text.IndexOf(ThoughtEnd, StringComparison.OrdinalIgnoreCase)
            : -1;
        string said = end < 0 ? text : text[(end + ThoughtEnd.Length)..];
        string[] words = said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string line = string.Concat(string.Join(' ', words).Where(character => !char.IsControl(character)));
        return line.Length <= MostCharacters ? line : line[..MostCharacters];
    }
}
