using System.Text.Json;

namespace Supir.Restoration.Tiling;

/// <summary>Reads a caption for each tile from a file: a JSON list of texts, or one caption a line.</summary>
public static class TileCaptions
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">A file whose first character is '[' is JSON; any other has one caption a line, in UTF-8, the tiles row by row. An empty
    /// line is a tile without a caption; empty lines at the end count for nothing.</param>
    /// <exception cref="OptionException">It cannot be read, is no list of texts, or is empty.</exception>
    public static IReadOnlyList<string> Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"The file of tile captions '{path}' cannot be read: {fault.Message}", fault);
        }

        string[] captions = text.TrimStart().StartsWith('[') ? ReadJson(text, path) : ReadLines(text);
        return captions.Length > 0
            ? captions
            : throw new OptionException($"The file of tile captions '{path}' is empty: write one caption a line, or a JSON list of texts.");
    }

    private static string[] ReadLines(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed.Length == 0 ? [] : [.. trimmed.Split('\n').Select(line => line.Trim())];
    }

    private static string[] ReadJson(string text, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select((caption, index) => caption.ValueKind == JsonValueKind.String
                ? caption.GetString()!
                : throw new OptionException($"The file of tile captions '{path}': entry {index} is no text but {caption.GetRawText()}."))];
        }
        catch (JsonException fault)
        {
            throw new OptionException($"The file of tile captions '{path}' starts like JSON but is none: {fault.Message}", fault);
        }
    }
}
