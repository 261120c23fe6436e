using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Supir.Restoration.Options;

/// <summary>Reads options files in the reference's YAML format.</summary>
/// <remarks>Source of the format: options/*.yaml (SUPIR @ bda91af), where each <c>target</c> names a Python class and <c>params</c>
/// its arguments. Only what SUPIR is built from is known here; anything else is refused by name.</remarks>
public static class OptionsFile
{
    /// <summary>Reads a file, and the file of paths that belongs to it (<see cref="CheckpointPaths.FindFor"/>).</summary>
    /// <exception cref="OptionException">No such file, not YAML, a key or value that is not known here, or sizes of
    /// which no model can be built. The message names the file, the line, the key and the value.</exception>
    /// <exception cref="UnknownTargetException">A <c>target</c> is not known here.</exception>
    public static ModelOptions Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OptionException($"The options file '{path}' cannot be read: {fault.Message}", fault);
        }

        ModelOptions options = Read(text, path);
        return CheckpointPaths.FindFor(path) is string paths
            ? options with { Checkpoints = CheckpointPaths.Load(paths).FillIn(options.Checkpoints) }
            : options;
    }

    /// <summary>Reads the text of a file that lies, or would lie, at <paramref name="path"/>: relative paths in it start there.</summary>
    /// <exception cref="OptionException">As for <see cref="Load"/>.</exception>
    /// <exception cref="UnknownTargetException">A <c>target</c> is not known here.</exception>
    public static ModelOptions Read(string text, string path)
    {
        OptionsSection root = new(path, "", Parse(text, path));
        (_, OptionsSection model) = root.Section("model").Target("SUPIR.models.SUPIR_model.SUPIRModel");
        OptionsSection? defaults = root.OptionalSection("default_setting");
        string fullPath = Path.GetFullPath(path);

        ModelOptions options = new()
        {
            Path = fullPath,
            Notice = root.OptionalText("notice"),
            VaeDType = NumberFormats.Parse(model.AcceptOneOf("ae_dtype", NumberFormats.ForVae)),
            DiffusionDType = NumberFormats.Parse(model.AcceptOneOf("diffusion_dtype", NumberFormats.ForDiffusion)),
            Control = NetworkOptionsReader.ReadControl(model.Section("control_stage_config")),
            UNet = NetworkOptionsReader.ReadUNet(model.Section("network_config")),
            Vae = NetworkOptionsReader.ReadVae(model.Section("first_stage_config"), model.Number("scale_factor", 1e-6, 1e6)),
            TextEncoders = ConditionerOptionsReader.ReadTextEncoders(model.Section("conditioner_config")),
            SizeEmbedders = ConditionerOptionsReader.ReadSizeEmbedders(model.Section("conditioner_config")),
            Denoiser = DenoiserOptionsReader.Read(model.Section("denoiser_config")),
            Sampler = SamplerOptionsReader.ReadSampler(model.Section("sampler_config")),
            PositivePrompt = model.OptionalText("p_p"),
            NegativePrompt = model.OptionalText("n_p"),
            Checkpoints = new CheckpointOptions(
                PathUnder(root, "SDXL_CKPT", fullPath),
                PathUnder(root, "SUPIR_CKPT", fullPath),
                PathUnder(root, "SUPIR_CKPT_Q", fullPath),
                PathUnder(root, "SUPIR_CKPT_F", fullPath))
            {
                Loras = [.. root.Texts("LORA").Select(lora => LoraFile.Parse(lora, $"{path}: LORA", Path.GetDirectoryName(fullPath)!))],
            },
            DefaultSettings = defaults is null ? new Dictionary<string, string>() : ReadDefaults(defaults),
        };

        model.AcceptOneOf("network_wrapper", "sgm.modules.diffusionmodules.wrappers.ControlWrapper");
        model.Ignore("disable_first_stage_autocast");
        model.RequireAllRead();
        root.RequireAllRead();
        ModelOptionsCheck.RequireThatPartsFit(options, model);
        return options;
    }

    private static YamlMappingNode Parse(string text, string path)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new OptionException($"{path}:{fault.Start.Line}: this is not valid YAML: {fault.Message}", fault);
        }

        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode mapping
            ? mapping
            : throw new OptionException($"{path}:1: an options file is one YAML mapping that starts with 'model:'; this is something else.");
    }

    private static string? PathUnder(OptionsSection root, string key, string optionsFile) =>
        root.OptionalText(key) is string path ? Path.GetFullPath(path, Path.GetDirectoryName(optionsFile)!) : null;

    private static Dictionary<string, string> ReadDefaults(OptionsSection section)
    {
        Dictionary<string, string> defaults = [];
        foreach (string key in section.Keys)
        {
            if (section.OptionalText(key) is string value)
            {
                defaults.Add(key, value);
            }
        }

        return defaults;
    }
}
