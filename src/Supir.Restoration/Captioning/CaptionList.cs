using System.Text.Json;

namespace Supir.Restoration.Captioning;

/// <summary>Pictures and their captions out of one file: CSV, JSON, or JSON lines.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>CSV: two columns, the picture and its caption, quoted where they hold a comma; or a first line that names the columns.</item>
/// <item>JSON: an object of picture → caption, or a list of objects with the names below.</item>
/// <item>JSON lines: such an object on each line, as data sets have it.</item>
/// </list>
/// Columns and keys are called file, file_name, filename, image or picture; and caption, text or prompt. A picture is named by its path from
/// the list's folder, or by its file name alone, with or without its extension.
/// </remarks>
internal sealed class CaptionList
{
    private static readonly string[] PictureNames = ["file", "file_name", "filename", "image", "picture"];
    private static readonly string[] CaptionNames = ["caption", "text", "prompt"];

    private readonly string _file;
    private readonly Dictionary<string, string> _captions = new(StringComparer.Ordinal);

    private CaptionList(string file)
    {
        _file = file;
    }

    /// <summary>Reads a file; it is JSON if its first character is a bracket.</summary>
    /// <exception cref="OptionException">It cannot be read, is none of these, is empty, or names a picture twice.</exception>
    public static CaptionList Load(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"The file of captions '{file}' cannot be read: {fault.Message}", fault);
        }

        CaptionList list = new(file);
        try
        {
            if (text.TrimStart() is ['[' or '{', ..])
            {
                list.ReadJson(text);
            }
            else
            {
                list.ReadTable(text);
            }
        }
        catch (JsonException fault)
        {
            throw new OptionException($"The file of captions '{file}' starts like JSON but is none: {fault.Message}", fault);
        }

        return list._captions.Count > 0
            ? list
            : throw new OptionException($"The file of captions '{file}' has none: write lines of picture,caption, or a JSON object of picture → caption.");
    }

    /// <summary>The caption of a picture, or <c>null</c> where it is not listed.</summary>
    public string? Find(string picture)
    {
        string fromHere = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(_file))!, Path.GetFullPath(picture)).Replace('\\', '/');
        string[] names = [fromHere, Path.ChangeExtension(fromHere, null), Path.GetFileName(picture), Path.GetFileNameWithoutExtension(picture)];
        return names.Select(name => _captions.GetValueOrDefault(name)).FirstOrDefault(caption => caption is not null);
    }

    private void ReadTable(string text)
    {
        int picture = 0;
        int caption = 1;
        foreach ((int line, IReadOnlyList<string> fields) in CommaSeparated.Read(text, _file))
        {
            if (line == 1 && Index(fields, PictureNames) is >= 0 and int pictureColumn && Index(fields, CaptionNames) is >= 0 and int captionColumn)
            {
                (picture, caption) = (pictureColumn, captionColumn);
                continue;
            }

            if (fields.Count <= Math.Max(picture, caption))
            {
                throw Fault(line, $"a picture and its caption were expected, but there are {fields.Count} fields; put a caption with commas in quotes.");
            }

            if (fields.Count > 2 && (picture, caption) == (0, 1))
            {
                throw Fault(line, $"two fields were expected but there are {fields.Count}; put a caption with commas in quotes.");
            }

            Add(line, fields[picture], fields[caption]);
        }
    }

    private static int Index(IReadOnlyList<string> fields, string[] names) =>
        fields.ToList().FindIndex(field => names.Contains(field.Trim(), StringComparer.OrdinalIgnoreCase));

    private void ReadJson(string text)
    {
        string[] lines = text.Split('\n');
        bool isLines = text.TrimStart()[0] == '{' && lines.Count(line => line.TrimStart().StartsWith('{')) > 1 && lines[0].TrimEnd().EndsWith('}');
        if (isLines)
        {
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Trim().Length > 0)
                {
                    using JsonDocument entry = JsonDocument.Parse(lines[i]);
                    AddObject(i + 1, entry.RootElement);
                }
            }

            return;
        }

        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement entry in root.EnumerateArray())
            {
                AddObject(++index, entry);
            }
        }
        else if (Property(root, PictureNames) is not null)
        {
            AddObject(1, root);
        }
        else
        {
            int index = 0;
            foreach (JsonProperty entry in root.EnumerateObject())
            {
                Add(++index, entry.Name, Text(index, entry.Value));
            }
        }
    }

    private void AddObject(int place, JsonElement entry)
    {
        JsonElement? picture = entry.ValueKind == JsonValueKind.Object ? Property(entry, PictureNames) : null;
        JsonElement? caption = entry.ValueKind == JsonValueKind.Object ? Property(entry, CaptionNames) : null;
        if (picture is null || caption is null)
        {
            throw Fault(place, $"an object with {string.Join(", ", PictureNames)} and {string.Join(", ", CaptionNames)} was expected (one of each).");
        }

        Add(place, Text(place, picture.Value), Text(place, caption.Value));
    }

    private static JsonElement? Property(JsonElement entry, string[] names)
    {
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            if (names.Contains(property.Name, StringComparer.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    private string Text(int place, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fault(place, $"a text was expected but there is {value.GetRawText()}.");

    private void Add(int place, string picture, string caption)
    {
        string name = picture.Trim().Replace('\\', '/');
        name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        if (!_captions.TryAdd(name, caption.Trim()))
        {
            throw Fault(place, $"'{name}' stands there twice.");
        }
    }

    private OptionException Fault(int place, string message) => new($"The file of captions '{_file}', entry {place}: {message}");
}
