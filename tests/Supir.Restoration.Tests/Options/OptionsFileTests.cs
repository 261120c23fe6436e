using Supir.Engine;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Restoration.Tests.Options;

public class OptionsFileTests
{
    private static readonly string[] Names = ["SUPIR_v0", "SUPIR_v0_tiled", "SUPIR_v0_Juggernautv9_lightning"];

    public static TheoryData<string> FilesOfSdxlSize()
    {
        TheoryData<string> files = [];
        foreach (string name in Names)
        {
            files.Add(RepositoryFile.PathOf("options", name + ".yaml"));
            files.Add(RepositoryFile.PathOf("tests", "Supir.Restoration.Tests", "Options", "reference", name + ".yaml"));
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(FilesOfSdxlSize))]
    public void Files_of_the_published_models_give_SDXL_sizes(string file)
    {
        ModelOptions options = OptionsFile.Load(file);

        AssertSameSizes(UNetConfig.SdxlBase with { ProjectChannelScale = 1 }, options.Control);
        AssertSameSizes(UNetConfig.SdxlBase, options.UNet);
        AssertSameSizes(VaeConfig.Sdxl, options.Vae);
        Assert.Equal([new(TextEncoderKind.Clip, 11), new(TextEncoderKind.OpenClip, null)], options.TextEncoders);
        Assert.Equal(
            [new(SizeCondition.OriginalSize, 256), new(SizeCondition.CropCorner, 256), new(SizeCondition.TargetSize, 256)],
            options.SizeEmbedders);
        Assert.Equal(DenoiserOptions.StableDiffusion, options.Denoiser);
        Assert.Equal(DdpmScheduleOptions.StableDiffusion, options.Sampler.Schedule);
        Assert.Equal((DType.BFloat16, DType.Float16), (options.VaeDType, options.DiffusionDType));
        Assert.Equal(DefaultPrompts.Positive, options.PositivePrompt);
        Assert.Equal(DefaultPrompts.Negative, options.NegativePrompt);
        Assert.Null(options.Checkpoints.Supir);
    }

    [Theory]
    [MemberData(nameof(FilesOfSdxlSize))]
    public void Each_file_names_its_sampler(string file)
    {
        SamplerOptions sampler = OptionsFile.Load(file).Sampler;

        SamplerOptions expected = Path.GetFileNameWithoutExtension(file) switch
        {
            "SUPIR_v0" => sampler with { Kind = SamplerKind.RestoreEdm, Tiles = null },
            "SUPIR_v0_tiled" => sampler with { Kind = SamplerKind.TiledRestoreEdm, Tiles = new TileOptions(128, 64) },
            _ => sampler with { Kind = SamplerKind.RestoreDpmpp2M, Tiles = null },
        };
        Assert.Equal(expected, sampler);
    }

    [Theory]
    [InlineData("EulerEDMSampler", SamplerKind.EulerEdm)]
    [InlineData("HeunEDMSampler", SamplerKind.HeunEdm)]
    [InlineData("EulerAncestralSampler", SamplerKind.EulerAncestral)]
    [InlineData("DPMPP2SAncestralSampler", SamplerKind.Dpmpp2SAncestral)]
    [InlineData("DPMPP2MSampler", SamplerKind.Dpmpp2M)]
    [InlineData("LinearMultistepSampler", SamplerKind.LinearMultistep)]
    [InlineData("SubstepSampler", SamplerKind.Substep)]
    public void Every_sampler_of_the_reference_can_be_named(string target, SamplerKind kind)
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0").Replace("sampling.RestoreEDMSampler", "sampling." + target, StringComparison.Ordinal);

        Assert.Equal(kind, OptionsFile.Read(text, "some.yaml").Sampler.Kind);
    }

    [Theory]
    [InlineData("VScaling", ScalingKind.Velocity)]
    [InlineData("EDMScaling", ScalingKind.Edm)]
    public void Every_scaling_guider_and_schedule_can_be_named(string scaling, ScalingKind kind)
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0")
            .Replace("EpsScaling", scaling, StringComparison.Ordinal)
            .Replace("guiders.LinearCFG", "guiders.VanillaCFG", StringComparison.Ordinal)
            .Replace("LegacyDDPMDiscretization", "EDMDiscretization", StringComparison.Ordinal);
        int scaleMin = text.IndexOf("scale_min:", StringComparison.Ordinal);
        text = text.Remove(scaleMin, text.IndexOf('\n', scaleMin) - scaleMin);

        ModelOptions options = OptionsFile.Read(text, "some.yaml");

        Assert.Equal(new DenoiserOptions(EdmScheduleOptions.Default, 1000, new ScalingOptions(kind, kind == ScalingKind.Edm ? 0.5 : 1), true), options.Denoiser);
        Assert.Equal(EdmScheduleOptions.Default, options.Sampler.Schedule);
        Assert.Equal(GuiderKind.Vanilla, options.Sampler.Guider);
    }

    [Fact]
    public void Default_settings_are_kept_as_written()
    {
        string file = RepositoryFile.PathOf("tests", "Supir.Restoration.Tests", "Options", "reference", "SUPIR_v0.yaml");

        ModelOptions options = OptionsFile.Load(file);

        Assert.Equal(
            ["s_cfg_Quality=7.5", "spt_linear_CFG_Quality=4.0", "s_cfg_Fidelity=4.0", "spt_linear_CFG_Fidelity=1.0", "edm_steps=50"],
            options.DefaultSettings.Select(setting => $"{setting.Key}={setting.Value}"));
    }

    [Fact]
    public void The_small_model_has_the_sizes_of_the_goldens()
    {
        ModelOptions options = OptionsFile.Load(RepositoryFile.PathOf("options", "SUPIR_mini.yaml"));

        UNetConfig sizes = UNetConfig.SdxlBase with
        {
            InChannels = 16,
            OutChannels = 16,
            ModelChannels = 32,
            TransformerDepths = [1, 1, 2],
            ContextChannels = 32,
            VectorChannels = 1552,
        };
        AssertSameSizes(sizes, options.UNet);
        AssertSameSizes(sizes with { ProjectChannelScale = 1 }, options.Control);
        AssertSameSizes(
            VaeConfig.Sdxl with { Channels = 32, LatentChannels = 16, EmbedChannels = 16, ScaleFactor = 0.3568425989836764 }, options.Vae);
        Assert.Equal(1, options.TextEncoders[0].HiddenLayer);
        Assert.Equal([RepositoryFile.PathOf("models", "supir-mini.safetensors")], options.Checkpoints.For(SupirVariant.Quality));
    }

    [Fact]
    public void What_a_model_has_to_tell_its_users_stands_in_its_options_file()
    {
        Assert.Contains("small checkpoint", OptionsFile.Load(RepositoryFile.PathOf("options", "SUPIR_mini.yaml")).Notice, StringComparison.Ordinal);
        Assert.Null(OptionsFile.Load(RepositoryFile.PathOf("options", "SUPIR_v0.yaml")).Notice);
    }

    [Fact]
    public void Checkpoints_lie_beside_the_options_file_and_come_in_order()
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0").Replace("SUPIR_CKPT: ~", "SUPIR_CKPT: /elsewhere/always.ckpt", StringComparison.Ordinal);

        CheckpointOptions checkpoints = OptionsFile.Read(text, "/folder/options/some.yaml").Checkpoints;

        Assert.Equal(
            ["/folder/models/sd_xl_base_1.0_0.9vae.safetensors", "/elsewhere/always.ckpt", "/folder/models/SUPIR-v0F.ckpt"],
            checkpoints.For(SupirVariant.Fidelity));
        Assert.Equal("/folder/models/SUPIR-v0Q.ckpt", checkpoints.For(SupirVariant.Quality)[^1]);
    }

    [Fact]
    public void A_file_without_any_checkpoint_says_which_keys_to_set()
    {
        OptionException fault = Assert.Throws<OptionException>(() => new CheckpointOptions(null, null, null, "f.ckpt").For(SupirVariant.Quality));

        Assert.Contains("SDXL_CKPT", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertSameSizes(UNetConfig expected, UNetConfig actual)
    {
        Assert.Equal(expected.ChannelMultipliers, actual.ChannelMultipliers);
        Assert.Equal(expected.AttentionResolutions, actual.AttentionResolutions);
        Assert.Equal(expected.TransformerDepths, actual.TransformerDepths);

        // A record compares its lists by identity; they were compared above.
        Assert.Equal(expected, actual with
        {
            ChannelMultipliers = expected.ChannelMultipliers,
            AttentionResolutions = expected.AttentionResolutions,
            TransformerDepths = expected.TransformerDepths,
        });
    }

    private static void AssertSameSizes(VaeConfig expected, VaeConfig actual)
    {
        Assert.Equal(expected.ChannelMultipliers, actual.ChannelMultipliers);
        Assert.Equal(expected, actual with { ChannelMultipliers = expected.ChannelMultipliers });
    }
}
