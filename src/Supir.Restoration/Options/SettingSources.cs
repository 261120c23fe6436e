using System.Globalization;

namespace Supir.Restoration.Options;

/// <summary>The values given for the flags, from several places of which an earlier one wins; parses them and names their place in
/// every fault.</summary>
internal sealed class SettingSources
{
    private readonly List<(Func<string, string> Label, Dictionary<string, string> Values)> _sources = [];
    private readonly HashSet<string> _known;

    /// <summary>Starts without any value.</summary>
    /// <param name="known">The flags' names, as the reference spells them.</param>
    public SettingSources(IEnumerable<string> known)
    {
        _known = new HashSet<string>(known, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Adds a place, after those that are there.</summary>
    /// <param name="label">How a message names a flag of this place.</param>
    /// <param name="values">Flag → text; <c>null</c> for a flag that was not given. "-" and "_" are the same, and so is any case.</param>
    /// <exception cref="OptionException">A flag is not known, or stands there twice.</exception>
    public void Add(Func<string, string> label, IEnumerable<KeyValuePair<string, string?>> values)
    {
        Dictionary<string, string> source = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string written, string? text) in values)
        {
            string flag = written.TrimStart('-').Replace('-', '_');
            if (!_known.Contains(flag))
            {
                throw new OptionException($"{label(written)}: there is no such setting; known: {string.Join(", ", _known)}.");
            }

            if (text is not null && !source.TryAdd(flag, text))
            {
                throw new OptionException($"{label(written)}: is given twice.");
            }
        }

        _sources.Add((label, source));
    }

    /// <summary>The text of a flag, or <c>null</c> where nobody gave it.</summary>
    public string? Text(string flag) => Find(flag)?.Text;

    /// <summary>A number in a range, or <c>null</c> where nobody gave it.</summary>
    public double? Number(string flag, double minimum, double maximum)
    {
        if (Find(flag) is not (string label, string text))
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum
            ? number
            : throw new OptionException(FormattableString.Invariant($"{label}: must be a number from {minimum} to {maximum} but is '{text}'."));
    }

    /// <summary>A whole number in a range, or <c>null</c> where nobody gave it.</summary>
    public long? Integer(string flag, long minimum, long maximum)
    {
        if (Find(flag) is not (string label, string text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum
            ? number
            : throw new OptionException($"{label}: must be a whole number from {minimum} to {maximum} but is '{text}'.");
    }

    /// <summary>A switch, on where it stands alone ("" or "true"), or <c>null</c> where nobody gave it.</summary>
    public bool? Switch(string flag)
    {
        if (Find(flag) is not (string label, string text))
        {
            return null;
        }

        return text.ToUpperInvariant() switch
        {
            "" or "TRUE" => true,
            "FALSE" => false,
            _ => throw new OptionException($"{label}: must be true or false but is '{text}'."),
        };
    }

    /// <summary>One of a few words (case does not matter), as written here, or <c>null</c> where nobody gave it.</summary>
    public string? Choice(string flag, params ReadOnlySpan<string> choices)
    {
        if (Find(flag) is not (string label, string text))
        {
            return null;
        }

        foreach (string choice in choices)
        {
            if (choice.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        throw new OptionException($"{label}: must be one of {string.Join(", ", choices)} but is '{text}'.");
    }

    private (string Label, string Text)? Find(string flag)
    {
        foreach ((Func<string, string> label, Dictionary<string, string> values) in _sources)
        {
            if (values.TryGetValue(flag, out string? text))
            {
                return (label(flag), text);
            }
        }

        return null;
    }
}
