using System.Text.Json.Nodes;
using Supir.Restoration.Options;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>Settings that go together, and the line between fidelity and quality, as a page wants them.</summary>
internal static class PresetCatalogue
{
    /// <summary>What the author's points differ in.</summary>
    private static readonly string[] Guided = ["s_cfg", "linear_CFG", "spt_linear_CFG", "s_noise"];

    /// <summary>What presets set, and so what the model's own values have to set back.</summary>
    private static readonly string[] Touched = [.. Presets.All.SelectMany(preset => preset.Values.Keys).Distinct()];

    /// <summary>The author's points begin with this.</summary>
    private const string AuthorPrefix = "author-";

    /// <summary>All presets for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="defaults">Its own values, by the command line's names.</param>
    public static PresetList For(ModelOptions model, JsonObject defaults)
    {
        JsonObject own = [];
        foreach (string name in Touched)
        {
            own[name] = defaults[name]?.DeepClone();
        }

        return new PresetList(
            [
                new PresetInfo("model", "Model's own", "What this model looks best with, by its options file.", own),
                .. Presets.All.Select(preset => new PresetInfo(preset.Name, Capitalised(preset.Name.Replace('-', ' ')), Capitalised(preset.Description) + ".", ValuesOf(preset, model)))
                    .Where(preset => preset.Values.Count > 0),
            ],
            [.. Presets.All.Where(preset => preset.Name.StartsWith(AuthorPrefix, StringComparison.Ordinal)).Select(PointOf)]);
    }

    private static JsonObject PointOf(Preset preset)
    {
        JsonObject values = [];
        foreach (string name in Guided)
        {
            values[name] = ParameterCatalogue.Typed(name, preset.Values[name]);
        }

        return values;
    }

    private static JsonObject ValuesOf(Preset preset, ModelOptions model)
    {
        JsonObject values = [];
        foreach ((string name, string text) in preset.Values)
        {
            values[name] = ParameterCatalogue.Typed(name, text);
        }

        // The options file's keys of a preset end in its name and count before its own values.
        foreach ((string key, string text) in model.DefaultSettings)
        {
            if (preset.Ending is string ending && key.EndsWith("_" + ending, StringComparison.OrdinalIgnoreCase))
            {
                string name = key[..^(ending.Length + 1)];
                values[ParameterCatalogue.Find(name)?.Name ?? name] = ParameterCatalogue.Typed(name, text);
            }
        }

        return values;
    }

    private static string Capitalised(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
