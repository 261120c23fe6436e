using System.Text.Json.Nodes;
using Supir.Server.Api.Contract;

namespace Supir.Server.Catalogue;

/// <summary>Settings that go together, and the line between fidelity and quality.</summary>
internal static class PresetCatalogue
{
    /// <summary>Points of the line that SUPIR's author gives from fidelity to quality. Source: Fanghua-Yu/SUPIR issue 150.</summary>
    private static readonly (double Guidance, double AtMostNoise, double NoiseMultiplier)[] Line =
    [
        (4.0, 1.0, 1.007), (4.5, 1.5, 1.011), (5.0, 2.0, 1.015), (5.5, 2.5, 1.020),
    ];

    /// <summary>All presets for a model.</summary>
    /// <param name="defaults">The model's own values, by the command line's names.</param>
    public static PresetList For(JsonObject defaults) => new(
        [
            new PresetInfo("model", "Model's own", "What this model looks best with, by its options file.", Own(defaults)),
            // Source: Reset Param of gradio_demo.py with SUPIR_v0.yaml (SUPIR @ bda91af).
            new PresetInfo("quality", "Quality", "Most detail, freely painted: for strongly degraded pictures. The demo's values.", Demo(7.5, 4.0, "Q")),
            new PresetInfo("fidelity", "Fidelity", "Close to the input: for lightly degraded pictures. The demo's values.", Demo(4.0, 1.0, "F")),
        ],
        [.. Line.Select(point => Guided(point.Guidance, point.AtMostNoise, point.NoiseMultiplier))]);

    private static JsonObject Own(JsonObject defaults)
    {
        JsonObject values = [];
        foreach (string name in (string[])["edm_steps", "s_cfg", "linear_CFG", "spt_linear_CFG", "s_noise", "s_churn", "s_stage1", "s_stage2", "linear_s_stage2", "spt_linear_s_stage2", "color_fix_type"])
        {
            values[name] = defaults[name]?.DeepClone();
        }

        return values;
    }

    private static JsonObject Demo(double guidance, double atMostNoise, string variant)
    {
        JsonObject values = Guided(guidance, atMostNoise, 1.003);
        values["SUPIR_sign"] = variant;
        values["edm_steps"] = 50;
        values["s_churn"] = 5;
        values["s_stage1"] = -1;
        values["s_stage2"] = 1.0;
        values["linear_s_stage2"] = false;
        values["spt_linear_s_stage2"] = 0.0;
        values["color_fix_type"] = "Wavelet";
        return values;
    }

    private static JsonObject Guided(double guidance, double atMostNoise, double noiseMultiplier) => new()
    {
        ["s_cfg"] = guidance,
        ["linear_CFG"] = true,
        ["spt_linear_CFG"] = atMostNoise,
        ["s_noise"] = noiseMultiplier,
    };
}
