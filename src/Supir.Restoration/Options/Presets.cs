namespace Supir.Restoration.Options;

/// <summary>The presets that there are.</summary>
/// <remarks>The reference disagrees with itself about good values; each of its places is a preset here. Sources, in order: the demo's
/// Param Setting and Reset Param (gradio_demo.py, SUPIR @ bda91af); its README; its author in issue 150; default_setting of
/// options/SUPIR_v0_Juggernautv9_lightning.yaml.</remarks>
public static class Presets
{
    /// <summary>All presets, in the order in which they are shown.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        new("Quality", "the options file's own values that end in _Quality", new Dictionary<string, string>(), "Quality"),
        new("Fidelity", "the options file's own values that end in _Fidelity", new Dictionary<string, string>(), "Fidelity"),
        Demo("reference-Q", "the original page's Quality, sized as it sizes: strong guidance", "Q", guidance: "7.5", atMostNoise: "4.0"),
        Demo("reference-F", "the original page's Fidelity, sized as it sizes: closer to the input", "F", guidance: "4.0", atMostNoise: "1.0"),
        Plain("README-Q", "the original README's advice for quality", "Q", guidance: "6.0", atMostNoise: "3.0", noise: "1.02"),
        Plain("README-F", "the original README's advice for light degradation", "F", guidance: "4.0", atMostNoise: "1.0", noise: "1.01"),
        Author("author-1", "the author's line of good values, closest to the input", "4.0", "1.0", "1.007"),
        Author("author-2", "the same, a step towards more detail", "4.5", "1.5", "1.011"),
        Author("author-3", "the same, two steps", "5.0", "2.0", "1.015"),
        Author("author-4", "the same, three steps: most detail", "5.5", "2.5", "1.020"),
        new("Lightning", "8 steps, for a base or LoRA distilled to need few", new Dictionary<string, string>
        {
            ["sampler"] = "RestoreDPMPP2M",
            ["edm_steps"] = "8",
            ["s_cfg"] = "2.0",
            ["linear_CFG"] = "true",
            ["spt_linear_CFG"] = "2.0",
            ["s_noise"] = "1.003",
        }),
    ];

    /// <summary>The preset of a name; case does not matter.</summary>
    /// <exception cref="OptionException">There is none; the message names those that there are.</exception>
    public static Preset Find(string name) =>
        All.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new OptionException(
            $"--preset: there is no preset '{name}'; there are {string.Join(", ", All.Select(preset => preset.Name))} ('supir presets' shows them).");

    private static Preset Demo(string name, string description, string sign, string guidance, string atMostNoise) =>
        new(name, description, new Dictionary<string, string>(Values(guidance, atMostNoise, noise: "1.003"))
        {
            ["SUPIR_sign"] = sign,
            ["sizing"] = "demo",
            ["color_fix_reference"] = "Stage1",
        });

    private static Preset Plain(string name, string description, string sign, string guidance, string atMostNoise, string noise) =>
        new(name, description, new Dictionary<string, string>(Values(guidance, atMostNoise, noise)) { ["SUPIR_sign"] = sign });

    private static Preset Author(string name, string description, string guidance, string atMostNoise, string noise) =>
        new(name, description, Values(guidance, atMostNoise, noise));

    /// <summary>What the demo's Reset Param writes, but for its prompts, which are the defaults anyway.</summary>
    private static Dictionary<string, string> Values(string guidance, string atMostNoise, string noise) => new()
    {
        ["edm_steps"] = "50",
        ["s_cfg"] = guidance,
        ["linear_CFG"] = "true",
        ["spt_linear_CFG"] = atMostNoise,
        ["s_stage1"] = "-1",
        ["s_stage2"] = "1.0",
        ["linear_s_stage2"] = "false",
        ["spt_linear_s_stage2"] = "0.0",
        ["s_churn"] = "5",
        ["s_noise"] = noise,
        ["color_fix_type"] = "Wavelet",
    };
}
