using Supir.Engine;
using Supir.Restoration.Color;
using Supir.Restoration.Guidance;
using Supir.Restoration.Options;
using Supir.Restoration.Sampling;
using Xunit;

namespace Supir.Restoration.Tests.Options;

public class SettingsResolverTests
{
    private static readonly ModelOptions Bare = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_v0_tiled"), "/folder/bare.yaml");
    private static readonly ModelOptions Mini = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_mini"), "/folder/mini.yaml");

    [Fact]
    public void Without_any_word_the_references_defaults_hold()
    {
        RestorationSettings settings = Resolve(Bare with { PositivePrompt = null, NegativePrompt = null });

        RestorationSettings expected = new()
        {
            Upscale = null,
            MinSize = 1024,
            Steps = 50,
            RestorationExponent = null,
            Churn = 5,
            NoiseMultiplier = 1.01,
            Guidance = new LinearGuidance(4.0, 1.0),
            ControlScale = new LinearControlScale(1.0, 1.0),
            Seed = 1234,
            PositivePrompt = DefaultPrompts.Positive,
            NegativePrompt = DefaultPrompts.Negative,
            ColorFix = ColorFix.Wavelet,
            ColorFixReference = ColorFixReference.Stage1,
            VaeDType = DType.Float32,
            DiffusionDType = DType.Float32,
            Mode = NumericsMode.Precise,
            Rng = TorchGenerator.Cpu,
            Variant = SupirVariant.Quality,
            LongPrompts = true,
        };
        Assert.Equal(expected, settings);
    }

    [Theory]
    [InlineData(ComputeDevice.Cpu, null, TorchGenerator.Cpu)]
    [InlineData(ComputeDevice.Cuda, null, TorchGenerator.Cuda)]
    [InlineData(ComputeDevice.Cuda, "cpu", TorchGenerator.Cpu)]
    [InlineData(ComputeDevice.Cpu, "cuda", TorchGenerator.Cuda)]
    public void The_random_numbers_are_those_of_the_device_unless_said_otherwise(ComputeDevice device, string? asked, TorchGenerator expected) =>
        Assert.Equal(expected, SettingsResolver.Resolve(Mini, new Dictionary<string, string?> { ["rng"] = asked }, device).Rng);

    [Theory]
    [InlineData("fp32", DType.Float32, DType.Float32)]
    [InlineData("bf16", DType.BFloat16, DType.Float16)]
    public void Texts_are_in_half_precision_on_a_GPU_unless_the_autoencoder_is_in_single(string asked, DType vae, DType text)
    {
        RestorationSettings settings = SettingsResolver.Resolve(Mini, new Dictionary<string, string?> { ["ae_dtype"] = asked }, ComputeDevice.Cuda);
        Assert.Equal((vae, text), (settings.VaeDType, settings.TextDType));
    }

    [Fact]
    public void The_options_files_settings_replace_the_defaults()
    {
        RestorationSettings settings = Resolve(Mini);

        Assert.Equal(8, settings.Steps);
        Assert.Equal(0.6, settings.RestorationExponent);
        Assert.Equal(0, settings.Churn);
        Assert.Equal(1.0, settings.NoiseMultiplier);
        Assert.Equal(new LinearGuidance(1, 1), settings.Guidance);
        Assert.Equal(ColorFixReference.Input, settings.ColorFixReference);
        Assert.Equal(512, settings.MinSize);
    }

    [Fact]
    public void The_command_line_replaces_both()
    {
        RestorationSettings settings = Resolve(
            Mini,
            ("--edm-steps", "3"),
            ("s_stage1", "-1"),
            ("S_CFG", "7.5"),
            ("linear-s-stage2", ""),
            ("--spt_linear_s_stage2", "0.25"),
            ("upscale", "2.5"),
            ("seed", "4294967295"),
            ("a_prompt", ""),
            ("caption", "a cat"),
            ("color_fix_type", "adain"),
            ("rng", "cuda"),
            ("SUPIR_sign", "F"),
            ("min_size", null));

        Assert.Equal(3, settings.Steps);
        Assert.Null(settings.RestorationExponent);
        Assert.Equal(new LinearGuidance(7.5, 1.0), settings.Guidance);
        Assert.Equal(new LinearControlScale(1.0, 0.25), settings.ControlScale);
        Assert.Equal(2.5, settings.Upscale);
        Assert.Equal(4294967295, settings.Seed);
        Assert.Equal(("a cat", ""), (settings.Caption, settings.PositivePrompt));
        Assert.Equal(ColorFix.AdaIn, settings.ColorFix);
        Assert.Equal(TorchGenerator.Cuda, settings.Rng);
        Assert.Equal(SupirVariant.Fidelity, settings.Variant);
        Assert.Equal(512, settings.MinSize);
    }

    [Fact]
    public void A_preset_stands_between_the_command_line_and_the_plain_settings()
    {
        ModelOptions options = OptionsFile.Read(RepositoryFile.OptionsText("SUPIR_v0_Juggernautv9_lightning"), "some.yaml");

        Assert.Equal(new LinearGuidance(2.0, 2.0), Resolve(options).Guidance);
        Assert.Equal(new LinearGuidance(1.5, 1.5), Resolve(options, ("preset", "fidelity")).Guidance);
        Assert.Equal(new LinearGuidance(3.0, 1.5), Resolve(options, ("preset", "fidelity"), ("s_cfg", "3")).Guidance);
    }

    [Fact]
    public void Guidance_that_is_not_linear_is_constant()
    {
        Assert.Equal(new LinearGuidance(4.0, 4.0), Resolve(Bare, ("linear_CFG", "false"), ("spt_linear_CFG", "2")).Guidance);
    }

    [Fact]
    public void The_options_files_prompts_stand_between()
    {
        ModelOptions options = Bare with { PositivePrompt = "sharp", NegativePrompt = "dull" };

        RestorationSettings settings = Resolve(options, ("n_prompt", "grey"));

        Assert.Equal(("sharp", "grey"), (settings.PositivePrompt, settings.NegativePrompt));
    }

    [Theory]
    [InlineData("reference", "a dog", "sharp.", "a dogsharp.")]
    [InlineData("precise", "a dog", "sharp.", "a dog, sharp.")]
    [InlineData("precise", "A dog. ", "sharp.", "A dog. sharp.")]
    [InlineData("precise", "", "sharp.", "sharp.")]
    [InlineData("precise", "A dog.", "", "A dog.")]
    public void A_caption_and_what_is_added_to_it_are_two_words_but_in_the_references_mode(string mode, string caption, string added, string expected)
    {
        RestorationSettings settings = Resolve(Bare, ("mode", mode), ("caption", caption), ("a_prompt", added));

        Assert.Equal(expected, settings.PromptFor(settings.Caption));
    }

    [Fact]
    public void A_seed_of_minus_one_is_drawn_as_the_reference_draws_it()
    {
        RestorationSettings settings = Resolve(Bare, ("seed", "-1"));

        Assert.Null(settings.Seed);
        Assert.InRange(settings.WithSeedDrawn().Seed!.Value, 0, 65535);
        Assert.Equal(1234, Resolve(Bare).WithSeedDrawn().Seed);
    }

    [Fact]
    public void A_GPU_runs_in_half_formats_unless_told_otherwise()
    {
        RestorationSettings settings = Resolve(Bare, ComputeDevice.Cuda);
        RestorationSettings single = Resolve(Bare, ComputeDevice.Cuda, ("ae_dtype", "fp32"), ("diff_dtype", "bf16"));

        Assert.Equal((DType.BFloat16, DType.Float16), (settings.VaeDType, settings.DiffusionDType));
        Assert.Equal((DType.Float32, DType.BFloat16), (single.VaeDType, single.DiffusionDType));
    }

    [Theory]
    [InlineData("precise", ComputeDevice.Cuda, "bf16", SigmaRounding.None)]
    [InlineData("reference", ComputeDevice.Cuda, "bf16", SigmaRounding.BFloat16)]
    [InlineData("reference", ComputeDevice.Cuda, "fp32", SigmaRounding.None)]
    [InlineData("reference", ComputeDevice.Cpu, "bf16", SigmaRounding.BFloat16)]
    [InlineData("reference", ComputeDevice.Cpu, null, SigmaRounding.None)]
    public void Sigmas_are_rounded_only_to_match_a_reference_in_bfloat16(string mode, ComputeDevice device, string? format, SigmaRounding expected)
    {
        Assert.Equal(expected, Resolve(Bare, device, ("mode", mode), ("ae_dtype", format)).SigmaRounding);
    }

    [Theory]
    [InlineData("bf16", "fp16")]
    [InlineData("bf16", "bf16")]
    [InlineData("fp32", "fp8")]
    public void A_command_line_for_a_GPU_runs_in_single_precision_on_a_CPU(string vae, string diffusion)
    {
        RestorationSettings settings = Resolve(Bare, ("ae_dtype", vae), ("diff_dtype", diffusion));

        Assert.Equal((DType.Float32, DType.Float32), (settings.VaeDType, settings.DiffusionDType));
    }

    [Theory]
    [InlineData("edm_steps", "0", "from 1 to 1000")]
    [InlineData("edm_steps", "1001", "from 1 to 1000")]
    [InlineData("edm_steps", "8.5", "whole number")]
    [InlineData("upscale", "0", "to 16")]
    [InlineData("upscale", "17", "to 16")]
    [InlineData("upscale", "NaN", "to 16")]
    [InlineData("min_size", "63", "from 64")]
    [InlineData("s_churn", "-1", "from 0")]
    [InlineData("s_noise", "3", "from 0 to 2")]
    [InlineData("s_cfg", "1e9", "from 0 to 100")]
    [InlineData("s_stage2", "-0.1", "from 0 to 10")]
    [InlineData("seed", "4294967296", "to 4294967295")]
    [InlineData("seed", "-2", "from -1")]
    [InlineData("linear_CFG", "maybe", "true or false")]
    [InlineData("color_fix_type", "Reinhard", "None, AdaIn, Wavelet")]
    [InlineData("ae_dtype", "fp16", "fp32, bf16")]
    [InlineData("mode", "fast", "precise, reference")]
    [InlineData("SUPIR_sign", "X", "Q, F")]
    public void A_value_outside_its_range_is_refused_with_flag_range_and_value(string flag, string value, string range)
    {
        OptionException fault = Assert.Throws<OptionException>(() => Resolve(Bare, ComputeDevice.Cuda, (flag, value)));

        Assert.StartsWith($"--{flag}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(range, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_value_of_the_options_file_is_named_with_the_file()
    {
        ModelOptions options = Bare with { DefaultSettings = new Dictionary<string, string> { ["edm_steps"] = "many" } };

        OptionException fault = Assert.Throws<OptionException>(() => Resolve(options));

        Assert.StartsWith("/folder/bare.yaml: default_setting.edm_steps: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edm_stepps")]
    [InlineData("edm_stepps_Quality")]
    public void A_default_for_no_flag_is_refused(string key)
    {
        ModelOptions options = Bare with { DefaultSettings = new Dictionary<string, string> { [key] = "8" } };

        OptionException fault = Assert.Throws<OptionException>(() => Resolve(options));

        Assert.Contains($"default_setting.{key}: there is no such setting", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_that_there_is_not_is_refused()
    {
        OptionException fault = Assert.Throws<OptionException>(() => Resolve(Bare, ("--edm_stepps", "8")));

        Assert.StartsWith("--edm_stepps: there is no such setting", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_in_two_spellings_is_refused()
    {
        OptionException fault = Assert.Throws<OptionException>(() => Resolve(Bare, ("edm-steps", "8"), ("edm_steps", "9")));

        Assert.Contains("twice", fault.Message, StringComparison.Ordinal);
    }

    private static RestorationSettings Resolve(ModelOptions options, params (string Flag, string? Text)[] commandLine) =>
        Resolve(options, ComputeDevice.Cpu, commandLine);

    private static RestorationSettings Resolve(ModelOptions options, ComputeDevice device, params (string Flag, string? Text)[] commandLine) =>
        SettingsResolver.Resolve(options, commandLine.ToDictionary(given => given.Flag, given => given.Text), device);
}
