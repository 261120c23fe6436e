using System.Text.Json;
using System.Text.Json.Nodes;
using Supir.Restoration;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>A job's parameters as they were posted, brought to what the command line's flags would be.</summary>
internal sealed record ParameterText
{
    /// <summary>More than all parameters there are.</summary>
    private const int MostParameters = 64;

    private const int LongestText = 20_000;
    private const int MostCaptions = 4096;

    /// <summary>The parameter that names a model.</summary>
    public const string ModelName = "model";

    /// <summary>The parameter with a caption for each tile.</summary>
    public const string CaptionsName = "tile_captions";

    private const string DeviceName = "device";
    private const string PresetName = "preset";

    /// <summary>The model's id; <c>null</c> where none was named.</summary>
    public string? Model { get; private init; }

    /// <summary>The device's id; <c>null</c> where none was named.</summary>
    public string? Device { get; private init; }

    /// <summary>A caption for each tile; <c>null</c> where none were given.</summary>
    public IReadOnlyList<string>? TileCaptions { get; private init; }

    /// <summary>Flag → text.</summary>
    public required IReadOnlyDictionary<string, string?> Flags { get; init; }

    /// <summary>The captioner's flag → text: what it is asked, which no restoration depends on.</summary>
    public IReadOnlyDictionary<string, string?> Captioning { get; private init; } = new Dictionary<string, string?>();

    /// <summary>Reads parameters.</summary>
    /// <exception cref="OptionException">There are too many, or one is neither a number, a text nor true or false.</exception>
    public static ParameterText Read(JsonObject parameters)
    {
        if (parameters.Count > MostParameters)
        {
            throw new OptionException($"parameters: has {parameters.Count} entries; at most {MostParameters} are allowed.");
        }

        Dictionary<string, string?> flags = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string?> captioning = new(StringComparer.OrdinalIgnoreCase);
        string? model = null;
        string? device = null;
        IReadOnlyList<string>? captions = null;
        foreach ((string written, JsonNode? value) in parameters)
        {
            string name = written.TrimStart('-').Replace('-', '_');
            switch (name.ToUpperInvariant())
            {
                case "MODEL":
                    model = Text(ModelName, value);
                    break;
                case "DEVICE":
                    device = Text(DeviceName, value);
                    break;
                case "TILE_CAPTIONS":
                    // On the command line this is a file's name; no name from outside is ever opened here.
                    captions = Captions(value);
                    break;
                default:
                    // Only what is listed is passed on: the command line has flags that name files of this machine.
                    ParameterInfo? known = ParameterCatalogue.Find(name);
                    if (name != PresetName && known is null)
                    {
                        throw new OptionException($"parameters: there is none called {Shorten(written)}; /api/v1/parameters lists them.");
                    }

                    Dictionary<string, string?> place = known is not null && ParameterCatalogue.IsOfCaptioner(known) ? captioning : flags;
                    if (!place.TryAdd(name, Text(name, value)))
                    {
                        throw new OptionException($"parameters: {Shorten(name)} is given twice.");
                    }

                    break;
            }
        }

        return new ParameterText { Model = model, Device = device, TileCaptions = captions, Flags = flags, Captioning = captioning };
    }

    private static string? Text(string name, JsonNode? value)
    {
        string? text = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => null,
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => throw new OptionException($"parameters: {Shorten(name)} must be a number, a text, true or false."),
        };
        return text is null || text.Length <= LongestText
            ? text
            : throw new OptionException($"parameters: {Shorten(name)} has {text.Length} characters; at most {LongestText} are allowed.");
    }

    private static IReadOnlyList<string>? Captions(JsonNode? value)
    {
        if (value is null)
        {
            return null;
        }

        return value is JsonArray { Count: > 0 and <= MostCaptions } list
            ? [.. list.Select((entry, index) => Text($"{CaptionsName}[{index}]", entry) ?? "")]
            : throw new OptionException($"parameters: {CaptionsName} must be a list of 1 to {MostCaptions} texts.");
    }

    private static string Shorten(string name)
    {
        const int enough = 40;
        return name.Length <= enough ? name : name[..enough] + "…";
    }
}
