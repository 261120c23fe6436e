using Supir.Checkpoints;
using Supir.Engine.Cpu;
using Supir.Models.Vae;
using Supir.Restoration.Options;
using Supir.Restoration.Tests.Options;
using Supir.Testing;

namespace Supir.Restoration.Tests;

/// <summary>The small model of the goldens: the sizes of options/SUPIR_mini.yaml, the goldens' scale factor, weights by the rule of synthetic.py.</summary>
internal static class MiniModel
{
    /// <summary>Single precision in another order of summation, over several evaluations of the networks.</summary>
    public const double Tolerance = 1e-4;

    public static GoldenTensors Goldens => GoldenTensors.Open("mini.safetensors");

    public static ModelOptions Options { get; } = ReadOptions();

    public static SyntheticSource OpenWeights() => SyntheticSource.Open(Golden.PathOf("mini.manifest.json"));

    public static Restorer OpenRestorer(CpuBackend backend) => new(Options, backend, OpenWeights());

    /// <summary>test.py's settings for the goldens, in the reference's mode with fp32 networks on torch's CPU generator, and what a test changes.</summary>
    public static RestorationSettings Settings(params (string Flag, string Value)[] changes)
    {
        Dictionary<string, string?> commandLine = new()
        {
            ["mode"] = "reference",
            ["ae_dtype"] = "fp32",
            ["diff_dtype"] = "fp32",
            ["rng"] = "cpu",
            ["caption"] = "a photo of a cat",
            ["min_size"] = "256",
            ["seed"] = "1234",
            ["edm_steps"] = "20",
            ["s_stage1"] = "-1",
            ["s_churn"] = "5",
            ["s_noise"] = "1.01",
            ["s_cfg"] = "4.0",
            ["spt_linear_CFG"] = "1.0",
            ["s_stage2"] = "1.0",
            ["color_fix_type"] = "Wavelet",
            ["color_fix_reference"] = "stage1",
        };
        foreach ((string flag, string value) in changes)
        {
            commandLine[flag] = value;
        }

        return SettingsResolver.Resolve(Options, commandLine, ComputeDevice.Cpu);
    }

    /// <summary>A golden image or latent as the engine has it.</summary>
    public static float[] ChannelsLast(string name) => Layout.ChannelsLast(Goldens.Floats(name), Goldens.ShapeOf(name));

    private static ModelOptions ReadOptions()
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options/SUPIR_mini.yaml"));
        VaeConfig vae = options.Vae with { ScaleFactor = 0.5 };
        return options with { Vae = vae };
    }
}
