using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Supir.Restoration.Options;

/// <summary>A mapping of an options file, read key by key; every fault names file, line, the key's path and the value.</summary>
/// <remarks>A key that nobody asked for is a fault too (<see cref="RequireAllRead"/>): one that changes the computation in the
/// reference and not here would give wrong pictures silently.</remarks>
internal sealed class OptionsSection
{
    private readonly string _file;
    private readonly string _path;
    private readonly YamlMappingNode _node;
    private readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Wraps a mapping.</summary>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="path">Where the mapping stands in the file, "" for the whole file.</param>
    /// <param name="node">The mapping.</param>
    public OptionsSection(string file, string path, YamlMappingNode node)
    {
        _file = file;
        _path = path;
        _node = node;
    }

    /// <summary>The keys, in the file's order.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.Select(KeyText);

    /// <summary>The error for a key's value, or for the lack of it.</summary>
    public OptionException Fault(string key, string message) => new(Describe(key, message));

    /// <summary>The mapping under a key.</summary>
    public OptionsSection Section(string key) => OptionalSection(key) ?? throw Fault(key, "is missing; a mapping was expected.");

    /// <summary>The mapping under a key, or <c>null</c> where the key is missing or <c>~</c>.</summary>
    public OptionsSection? OptionalSection(string key) => Ask(key) switch
    {
        null => null,
        YamlMappingNode mapping => new OptionsSection(_file, PathOf(key), mapping),
        _ => throw Fault(key, "a mapping (key: value) was expected."),
    };

    /// <summary>The list of mappings under a key.</summary>
    public IReadOnlyList<OptionsSection> Sections(string key)
    {
        if (Ask(key) is not YamlSequenceNode sequence)
        {
            throw Fault(key, "a list was expected.");
        }

        List<OptionsSection> sections = [];
        foreach (YamlNode item in sequence.Children)
        {
            YamlMappingNode mapping = item as YamlMappingNode ?? throw Fault(key, $"entry {sections.Count} is not a mapping (key: value).");
            sections.Add(new OptionsSection(_file, $"{PathOf(key)}[{sections.Count}]", mapping));
        }

        return sections;
    }

    /// <summary>The <c>target</c>, which must be one of those that are known here, and its <c>params</c>.</summary>
    /// <exception cref="UnknownTargetException">It is another.</exception>
    public (string Target, OptionsSection Parameters) Target(params ReadOnlySpan<string> known)
    {
        string text = OptionalText("target") ?? throw Fault("target", $"is missing; known here: {string.Join(", ", known)}.");
        string target = Match(text, known)
            ?? throw new UnknownTargetException(Describe("target", $"'{text}' is no class that this program has; known here: {string.Join(", ", known)}."));
        return (target, OptionalSection("params") ?? new OptionsSection(_file, PathOf("params"), new YamlMappingNode()));
    }

    /// <summary>The text under a key, or <c>null</c> where the key is missing or <c>~</c>.</summary>
    public string? OptionalText(string key) => Ask(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => throw Fault(key, "a single value was expected."),
    };

    /// <summary>The text under a key, which must be one of a few (case does not matter).</summary>
    public string RequireOneOf(string key, params ReadOnlySpan<string> known) =>
        AcceptOneOf(key, known) ?? throw Fault(key, $"is missing; known here: {string.Join(", ", known)}.");

    /// <summary>As <see cref="RequireOneOf"/>, but the key may be missing.</summary>
    public string? AcceptOneOf(string key, params ReadOnlySpan<string> known)
    {
        return OptionalText(key) is not string text
            ? null
            : Match(text, known) ?? throw Fault(key, $"'{text}' is not known here; known: {string.Join(", ", known)}.");
    }

    /// <summary>The texts under a key: one, or a list of them; none where the key is missing or <c>~</c>.</summary>
    public IReadOnlyList<string> Texts(string key) => Ask(key) switch
    {
        null => [],
        YamlSequenceNode sequence => [.. sequence.Children.Select(item => (item as YamlScalarNode)?.Value ?? throw Fault(key, "a list of single values was expected."))],
        _ => [OptionalText(key)!],
    };

    /// <summary>The whole number under a key.</summary>
    public int Integer(string key, int minimum, int maximum) =>
        OptionalInteger(key, minimum, maximum) ?? throw Fault(key, "is missing; a whole number was expected.");

    /// <summary>The whole number under a key, or <c>null</c> where the key is missing or <c>~</c>.</summary>
    public int? OptionalInteger(string key, int minimum, int maximum) =>
        OptionalText(key) is string text ? ParseInteger(key, text, minimum, maximum) : null;

    /// <summary>The number under a key.</summary>
    public double Number(string key, double minimum, double maximum) =>
        OptionalNumber(key, minimum, maximum) ?? throw Fault(key, "is missing; a number was expected.");

    /// <summary>The number under a key, or <c>null</c> where the key is missing or <c>~</c>.</summary>
    public double? OptionalNumber(string key, double minimum, double maximum)
    {
        if (OptionalText(key) is not string text)
        {
            return null;
        }

        if (text.Equals(".inf", StringComparison.OrdinalIgnoreCase))
        {
            text = "Infinity";
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum
            ? number
            : throw Fault(key, Invariant($"'{text}' is not a number from {minimum} to {maximum}."));
    }

    /// <summary>The list of whole numbers under a key.</summary>
    public IReadOnlyList<int> Integers(string key, int minimum, int maximum)
    {
        if (Ask(key) is not YamlSequenceNode sequence)
        {
            throw Fault(key, "a list of whole numbers was expected, such as [1, 2, 4].");
        }

        return [.. sequence.Children.Select(item => ParseInteger(key, (item as YamlScalarNode)?.Value ?? item.ToString(), minimum, maximum))];
    }

    /// <summary>Names keys that change nothing here, so that they are no faults.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            _asked.Add(key);
        }
    }

    /// <summary>Refuses the first key that nobody asked for.</summary>
    public void RequireAllRead()
    {
        foreach (string key in Keys)
        {
            if (!_asked.Contains(key))
            {
                throw Fault(key, $"is not known here; known: {string.Join(", ", _asked)}.");
            }
        }
    }

    private static string? Match(string text, ReadOnlySpan<string> known)
    {
        foreach (string candidate in known)
        {
            if (candidate.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string KeyText(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private int ParseInteger(string key, string text, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw Fault(key, $"'{text}' is not a whole number from {minimum} to {maximum}.");

    private YamlNode? Ask(string key)
    {
        _asked.Add(key);
        return Find(key) is YamlNode node && !IsNull(node) ? node : null;
    }

    private YamlNode? Find(string key) =>
        _node.Children.FirstOrDefault(child => KeyText(child.Key) == key).Value;

    private string Describe(string key, string message) => $"{_file}:{(Find(key) ?? _node).Start.Line}: {PathOf(key)}: {message}";

    private string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
