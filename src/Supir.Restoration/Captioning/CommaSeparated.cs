using System.Text;

namespace Supir.Restoration.Captioning;

/// <summary>Reads comma-separated values: a record a line, fields in double quotes where they hold commas, quotes (doubled) or line breaks.</summary>
/// <remarks>Source: RFC 4180.</remarks>
internal static class CommaSeparated
{
    /// <summary>The records that are not empty, each with the line that it begins in, from 1.</summary>
    /// <exception cref="OptionException">A quote is not closed, or something follows one.</exception>
    public static IReadOnlyList<(int Line, IReadOnlyList<string> Fields)> Read(string text, string file)
    {
        List<(int, IReadOnlyList<string>)> records = [];
        int position = 0;
        int line = 1;
        while (position < text.Length)
        {
            int start = line;
            List<string> fields = [];
            bool ends;
            do
            {
                fields.Add(ReadField(text, file, ref position, ref line));
                ends = position >= text.Length || text[position] != ',';
                position += ends ? 0 : 1;
            }
            while (!ends);

            while (position < text.Length && text[position] == '\r')
            {
                position++;
            }

            if (position < text.Length && text[position] == '\n')
            {
                position++;
                line++;
            }

            if (fields is not [""])
            {
                records.Add((start, fields));
            }
        }

        return records;
    }

    /// <summary>Reads up to a comma or the end of a line, which is not consumed.</summary>
    private static string ReadField(string text, string file, ref int position, ref int line)
    {
        if (position >= text.Length || text[position] != '"')
        {
            int start = position;
            while (position < text.Length && text[position] is not (',' or '\n' or '\r'))
            {
                position++;
            }

            return text[start..position];
        }

        int quote = line;
        StringBuilder field = new();
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"')
            {
                if (position + 1 >= text.Length || text[position + 1] != '"')
                {
                    position++;
                    return position >= text.Length || text[position] is ',' or '\n' or '\r'
                        ? field.ToString()
                        : throw new OptionException($"The file of captions '{file}', line {line}: something follows a closing quote; double the quotes inside a caption.");
                }

                position++;
            }

            line += text[position] == '\n' ? 1 : 0;
            field.Append(text[position]);
        }

        throw new OptionException($"The file of captions '{file}', line {quote}: a quote is opened but never closed.");
    }
}
