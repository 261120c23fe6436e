using System.Text.Json.Nodes;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Server.Catalogue;

/// <summary>Settings as JSON, by the command line's names.</summary>
internal static class SettingValues
{
    /// <summary>All settings; posting them gives the same settings again.</summary>
    public static JsonObject Of(RestorationSettings settings, string model)
    {
        SortedList<string, string> flags = SettingFlags.Of(settings);
        JsonObject values = new() { [ParameterText.ModelName] = model };
        foreach (string name in ParameterCatalogue.Names)
        {
            values[name] = flags.TryGetValue(name, out string? text) ? ParameterCatalogue.Typed(name, text) : null;
        }

        if (settings.TileCaptions is not null)
        {
            values[ParameterText.CaptionsName] = new JsonArray([.. settings.TileCaptions.Select(text => JsonValue.Create(text))]);
        }

        return values;
    }
}
