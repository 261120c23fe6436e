using Supir.Restoration.Options;
using Xunit;

namespace Supir.Restoration.Tests.Options;

public class OptionsFileFaultTests
{
    private const string File = "some.yaml";

    [Theory]
    [InlineData("mode: XL-base", "mode: SD15", "model.params.network_config.params.mode", "'SD15'")]
    [InlineData("num_classes: sequential", "num_classes: continuous", "control_stage_config.params.num_classes", "'continuous'")]
    [InlineData("ae_dtype: bf16", "ae_dtype: fp16", "model.params.ae_dtype", "'fp16'")]
    [InlineData("scale_factor: 0.13025", "scale_factor: small", "model.params.scale_factor", "'small'")]
    [InlineData("scale_factor: 0.13025", "scale_factor: .nan", "model.params.scale_factor", "'.nan'")]
    [InlineData("scale_factor: 0.13025", "scale_factor: [1]", "model.params.scale_factor", "single value")]
    [InlineData("scale_factor: 0.13025", "scale_faktor: 0.13025", "model.params.scale_factor", "missing")]
    [InlineData("num_idx: 1000", "num_idx: 500", "denoiser_config.params.num_idx", "500")]
    [InlineData("layer_idx: 11", "layer_idx: eleven", "emb_models[0].params.layer_idx", "'eleven'")]
    [InlineData("outdim: 256", "outdim: 255", "emb_models[2].params.outdim", "255")]
    [InlineData("input_key: crop_coords_top_left", "input_key: target_size_as_tuple", "emb_models[4].input_key", "twice")]
    [InlineData("num_steps: 100", "num_steps: 100\n        order: 4", "sampler_config.params.order", "not known")]
    [InlineData("ch_mult: [1, 2, 4, 4]", "ch_mult: 4", "ddconfig.ch_mult", "list")]
    [InlineData("ckpt_path: ~", "ckpt_path: vae.pt", "first_stage_config.params.ckpt_path", "'vae.pt'")]
    public void A_value_that_cannot_be_followed_is_named_with_its_place(string before, string after, string path, string told)
    {
        AssertRefused(before, after, path, told);
    }

    [Theory]
    [InlineData("sampling.RestoreEDMSampler", "sampling.UniPCSampler", "model.params.sampler_config.target", "UniPCSampler")]
    [InlineData("SUPIR.modules.SUPIR_v0.GLVControl", "ControlNet", "model.params.control_stage_config.target", "'ControlNet'")]
    [InlineData("guiders.LinearCFG", "guiders.TrianglePredictionGuider", "model.params.sampler_config.params.guider_config.target", "TrianglePredictionGuider")]
    [InlineData("encoders.modules.FrozenCLIPEmbedder", "encoders.modules.FrozenT5Embedder", "emb_models[0].target", "FrozenT5Embedder")]
    [InlineData("SUPIR.models.SUPIR_model.SUPIRModel", "SUPIR.models.Other", "model.target", "'SUPIR.models.Other'")]
    [InlineData("denoiser_weighting.EpsWeighting", "denoiser_weighting.Mine", "weighting_config.target", "Mine'")]
    [InlineData("discretizer.LegacyDDPMDiscretization", "discretizer.Cosine", "denoiser_config.params.discretization_config.target", "Cosine'")]
    [InlineData("denoiser_scaling.EpsScaling", "denoiser_scaling.Odd", "scaling_config.target", "Odd'")]
    public void A_class_that_there_is_not_is_named_with_its_place(string before, string after, string path, string told)
    {
        UnknownTargetException fault = Assert.Throws<UnknownTargetException>(() => OptionsFile.Read(Changed(before, after), File));

        Assert.Matches(@"^some\.yaml:\d+: ", fault.Message);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_channels: 320", "model_channels: 300", "control_stage_config.params.model_channels", "multiple of 32")]
    [InlineData("model_channels: 320", "model_channels: -320", "control_stage_config.params.model_channels", "'-320'")]
    [InlineData("model_channels: 320", "model_channels: 640", "control_stage_config", "network_config")]
    [InlineData("num_head_channels: 64", "num_head_channels: 96", "control_stage_config.params.num_head_channels", "96 does not divide")]
    [InlineData("channel_mult: [1, 2, 4]", "channel_mult: [1, 2, 4, 8]", "control_stage_config.params.channel_mult", "[1, 2, 4, 8]")]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 3", "control_stage_config.params.num_res_blocks", "3")]
    [InlineData("transformer_depth: [1, 2, 10]", "transformer_depth: [2, 10]", "control_stage_config.params.transformer_depth", "2")]
    [InlineData("z_channels: 4", "z_channels: 8", "first_stage_config", "embed_dim is 4 but z_channels is 8")]
    [InlineData("ch: 128", "ch: 127", "ddconfig.ch", "127")]
    public void Sizes_that_no_model_has_are_refused(string before, string after, string path, string told)
    {
        AssertRefused(before, after, path, told);
    }

    [Fact]
    public void A_vector_too_narrow_for_its_sizes_is_refused()
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0").Replace("adm_in_channels: 2816", "adm_in_channels: 1536", StringComparison.Ordinal);

        OptionException fault = Assert.Throws<OptionException>(() => OptionsFile.Read(text, File));

        Assert.Contains("adm_in_channels is 1536", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiles_with_gaps_between_them_are_refused()
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0_tiled").Replace("tile_stride: 64", "tile_stride: 129", StringComparison.Ordinal);

        OptionException fault = Assert.Throws<OptionException>(() => OptionsFile.Read(text, File));

        Assert.Contains("sampler_config.params.tile_stride: 129 is more than tile_size 128", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model:\n  target: }", 2)]
    [InlineData("model: 1\nmodel: 2", 2)]
    [InlineData("", 1)]
    [InlineData("- a list", 1)]
    [InlineData("model: text", 1)]
    public void What_is_no_options_file_is_refused_with_its_line(string text, int line)
    {
        OptionException fault = Assert.Throws<OptionException>(() => OptionsFile.Read(text, File));

        Assert.StartsWith($"{File}:{line}: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        OptionException fault = Assert.Throws<OptionException>(() => OptionsFile.Load("no/such.yaml"));

        Assert.Contains("'no/such.yaml'", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string before, string after, string path, string told)
    {
        OptionException fault = Assert.Throws<OptionException>(() => OptionsFile.Read(Changed(before, after), File));

        Assert.Matches(@"^some\.yaml:\d+: ", fault.Message);
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    // Changes the first place only, which is the control network's where both networks have the key.
    private static string Changed(string before, string after)
    {
        string text = RepositoryFile.OptionsText("SUPIR_v0");
        int place = text.IndexOf(before, StringComparison.Ordinal);
        Assert.True(place >= 0, $"The shipped file has no '{before}'.");
        return text[..place] + after + text[(place + before.Length)..];
    }
}
