using Supir.Restoration;
using Supir.Restoration.Options;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>The models that jobs may name, by their options files' names.</summary>
internal sealed class ModelCatalogue
{
    private readonly Dictionary<string, ModelEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly ServerOptions _options;

    /// <summary>Reads the default options file and those of the folder.</summary>
    /// <exception cref="OptionException">The default one is wrong; of the others that is only told.</exception>
    public ModelCatalogue(ServerOptions options)
    {
        _options = options;
        Default = new ModelEntry(Path.GetFileNameWithoutExtension(options.DefaultModel), options.Overrides.Apply(OptionsFile.Load(options.DefaultModel)), null);
        _entries.Add(Default.Id, Default);
        foreach (string file in Files(options.ModelFolder))
        {
            string id = Path.GetFileNameWithoutExtension(file);
            _entries.TryAdd(id, Read(id, file));
        }
    }

    /// <summary>The model that counts where a job names none.</summary>
    public ModelEntry Default { get; }

    /// <summary>All models, the default one first.</summary>
    public IReadOnlyList<ModelInfo> Describe() =>
        [.. _entries.Values.OrderBy(entry => entry != Default).ThenBy(entry => entry.Id).Select(entry => entry.Describe(DefaultsOf(entry), entry == Default))];

    /// <summary>A model.</summary>
    /// <exception cref="OptionException">There is none of that id, or its options file is wrong.</exception>
    public ModelEntry Find(string? id)
    {
        if (id is null)
        {
            return Default;
        }

        return !_entries.TryGetValue(id, out ModelEntry? entry)
            ? throw new OptionException($"model: there is no model of that name; there are {string.Join(", ", _entries.Keys)}.")
            : entry.Options is null
                ? throw new OptionException($"model: {entry.Id} cannot be used. {entry.Fault}")
                : entry;
    }

    /// <summary>The settings of a job.</summary>
    /// <exception cref="OptionException">A parameter that there is not, or a value outside its range.</exception>
    public RestorationSettings Resolve(ModelEntry model, ParameterText parameters)
    {
        Dictionary<string, string?> flags = new(_options.Defaults, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string? text) in parameters.Flags)
        {
            if (text is not null)
            {
                flags[name] = text;
            }
        }

        RestorationSettings settings = SettingsResolver.Resolve(model.Options!, flags, _options.DeviceOf(parameters.Device).Kind);
        return settings with { TileCaptions = parameters.TileCaptions };
    }

    /// <summary>The settings of a job that gives none.</summary>
    public RestorationSettings? DefaultsOf(ModelEntry model) =>
        model.Options is null ? null : Resolve(model, new ParameterText { Flags = new Dictionary<string, string?>() });

    private static IEnumerable<string> Files(string? folder) => folder is not null && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
        : [];

    private ModelEntry Read(string id, string file)
    {
        try
        {
            return new ModelEntry(id, _options.Overrides.Apply(OptionsFile.Load(file)), null);
        }
        catch (OptionException fault)
        {
            return new ModelEntry(id, null, fault.Message);
        }
    }
}
