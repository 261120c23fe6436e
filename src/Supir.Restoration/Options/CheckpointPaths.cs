using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Supir.Restoration.Options;

/// <summary>Where models lie, by the names that the reference has for them: out of a checkpoints.yaml, or out of its CKPT_PTH.py.</summary>
/// <remarks>Source of the names: CKPT_PTH.py and options/*.yaml (SUPIR @ bda91af).</remarks>
public sealed class CheckpointPaths
{
    private static readonly string[] FileNames = ["checkpoints.yaml", "CKPT_PTH.py"];

    private readonly Dictionary<string, string> _paths;

    private CheckpointPaths(Dictionary<string, string> paths)
    {
        _paths = paths;
    }

    /// <summary>The names that there are.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "SDXL_CKPT", "SUPIR_CKPT", "SUPIR_CKPT_Q", "SUPIR_CKPT_F", "SDXL_CLIP1_PATH", "SDXL_CLIP2_CKPT_PTH", "LLAVA_MODEL_PATH", "LLAVA_CLIP_PATH",
    ];

    /// <summary>The file of paths that belongs to an options file: beside it, in the folder above, or in models/ there; <c>null</c> if there is none.</summary>
    public static string? FindFor(string optionsFile)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(optionsFile))!;
        string above = Path.GetDirectoryName(folder) ?? folder;
        return new[] { folder, above, Path.Combine(above, "models") }
            .SelectMany(place => FileNames.Select(name => Path.Combine(place, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Reads a file; relative paths in it start where it lies. A .py file is read as plain assignments and never run.</summary>
    /// <exception cref="OptionException">It cannot be read, or says anything but where these models lie.</exception>
    public static CheckpointPaths Load(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OptionException($"The file of checkpoint paths '{file}' cannot be read: {fault.Message}", fault);
        }

        IReadOnlyDictionary<string, string?> values =
            Path.GetExtension(file).Equals(".py", StringComparison.OrdinalIgnoreCase) ? PythonAssignments.Read(text, file) : ReadYaml(text, file);
        return Of(values, Path.GetDirectoryName(Path.GetFullPath(file))!, key => $"{file}: {key}");
    }

    /// <summary>Takes paths as they were written; <c>null</c> for one that was not given.</summary>
    /// <param name="values">Name → path.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <param name="label">How a message names a path.</param>
    /// <exception cref="OptionException">There is no such name, or an empty path.</exception>
    public static CheckpointPaths Of(IReadOnlyDictionary<string, string?> values, string folder, Func<string, string> label)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(label);
        Dictionary<string, string> paths = [];
        foreach ((string key, string? value) in values)
        {
            if (!Keys.Contains(key))
            {
                throw new OptionException($"{label(key)}: is not known here; known: {string.Join(", ", Keys)}.");
            }

            if (value is not null)
            {
                paths[key] = value.Length == 0 ? throw new OptionException($"{label(key)}: is empty; name a file.") : Path.GetFullPath(value, folder);
            }
        }

        return new CheckpointPaths(paths);
    }

    /// <summary>These paths where an options file's lead nowhere. A file of paths that was found, not named, must not change a model that is
    /// whole: what such an options file leaves out stays out.</summary>
    public CheckpointOptions FillIn(CheckpointOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool isWhole = new[] { options.Sdxl, options.Supir, options.Quality, options.Fidelity }.Any(File.Exists);
        string? Choose(string key, string? path) => path is null && isWhole || File.Exists(path) ? path : _paths.GetValueOrDefault(key) ?? path;
        return WithOthers(options, replaces: false) with
        {
            Sdxl = Choose("SDXL_CKPT", options.Sdxl),
            Supir = Choose("SUPIR_CKPT", options.Supir),
            Quality = Choose("SUPIR_CKPT_Q", options.Quality),
            Fidelity = Choose("SUPIR_CKPT_F", options.Fidelity),
        };
    }

    /// <summary>These paths, wherever there is one.</summary>
    /// <param name="options">What counts where there is none.</param>
    /// <param name="replacesEncoders">Whether text encoders replace those that the checkpoints hold.</param>
    public CheckpointOptions Replace(CheckpointOptions options, bool replacesEncoders)
    {
        ArgumentNullException.ThrowIfNull(options);
        return WithOthers(options, replacesEncoders) with
        {
            Sdxl = _paths.GetValueOrDefault("SDXL_CKPT") ?? options.Sdxl,
            Supir = _paths.GetValueOrDefault("SUPIR_CKPT") ?? options.Supir,
            Quality = _paths.GetValueOrDefault("SUPIR_CKPT_Q") ?? options.Quality,
            Fidelity = _paths.GetValueOrDefault("SUPIR_CKPT_F") ?? options.Fidelity,
        };
    }

    // Options files have no words of their own for these.
    private CheckpointOptions WithOthers(CheckpointOptions options, bool replaces) => options with
    {
        Clip = _paths.TryGetValue("SDXL_CLIP1_PATH", out string? clip) ? new TextEncoderPath(clip, replaces) : options.Clip,
        OpenClip = _paths.TryGetValue("SDXL_CLIP2_CKPT_PTH", out string? openClip) ? new TextEncoderPath(openClip, replaces) : options.OpenClip,
        LlavaModel = _paths.GetValueOrDefault("LLAVA_MODEL_PATH") ?? options.LlavaModel,
        LlavaClip = _paths.GetValueOrDefault("LLAVA_CLIP_PATH") ?? options.LlavaClip,
    };

    private static Dictionary<string, string?> ReadYaml(string text, string file)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new OptionException($"{file}:{fault.Start.Line}: this is not valid YAML: {fault.Message}", fault);
        }

        if (stream.Documents.Count == 0)
        {
            return [];
        }

        OptionsSection section = stream.Documents[0].RootNode is YamlMappingNode mapping
            ? new OptionsSection(file, "", mapping)
            : throw new OptionException($"{file}:1: a mapping of names to paths was expected, such as 'SDXL_CKPT: sd_xl_base_1.0_0.9vae.safetensors'.");
        return section.Keys.ToDictionary(key => key, section.OptionalText);
    }
}
