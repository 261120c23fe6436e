using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests;

public sealed class CheckpointNamesTests
{
    [Theory]
    [InlineData("control_model.input_blocks.0.0.weight", "model.control_model.input_blocks.0.0.weight")]
    [InlineData("diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias")]
    [InlineData("diffusion_model.project_modules.0.zero_conv.weight", "model.diffusion_model.project_modules.0.zero_conv.weight")]
    [InlineData("project_modules.0.zero_conv.weight", "model.diffusion_model.project_modules.0.zero_conv.weight")]
    [InlineData("denoise_encoder.conv_in.weight", "first_stage_model.denoise_encoder.conv_in.weight")]
    [InlineData("encoder.down.0.block.0.norm1.weight", "first_stage_model.encoder.down.0.block.0.norm1.weight")]
    [InlineData("decoder.conv_out.bias", "first_stage_model.decoder.conv_out.bias")]
    [InlineData("module.control_model.out.bias", "model.control_model.out.bias")]
    [InlineData("_orig_mod.model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias")]
    [InlineData("post_quant_conv.weight", "first_stage_model.post_quant_conv.weight")]
    public void A_shortened_name_gets_its_outer_prefixes_back(string name, string full)
    {
        Assert.Equal(full, CheckpointNames.Normalise(name));
        Assert.Equal(full, CheckpointNames.Normalise(full));
    }

    [Theory]
    [InlineData("control_model.mask_LQ")]
    [InlineData("model.control_model.mask_LQ")]
    public void What_only_training_needed_has_no_name(string name) => Assert.Null(CheckpointNames.Normalise(name));

    [Theory]
    [InlineData("conditioner.embedders.0.transformer.text_model.encoder.layers.0.mlp.fc1.weight")]
    [InlineData("encoder.layers.0.mlp.fc1.weight")]
    [InlineData("control_models.a")]
    [InlineData("denoiser.sigmas")]
    [InlineData("")]
    public void Any_other_name_stays(string name) => Assert.Equal(name, CheckpointNames.Normalise(name));

    [Theory]
    [InlineData("full.manifest.json")]
    [InlineData("mini.manifest.json")]
    public void The_names_of_the_published_checkpoints_are_full_ones(string manifest)
    {
        using SyntheticSource source = SyntheticSource.Open(Golden.PathOf(manifest));
        Assert.All(source.Tensors.Keys, name => Assert.Equal(name, CheckpointNames.Normalise(name)));
    }
}
