using Supir.Cli.Bench;
using Xunit;

namespace Supir.Cli.Tests.Bench;

public sealed class LayerNamesTests
{
    [Theory]
    [InlineData("model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q", "diffusion_model.input_blocks.4.1")]
    [InlineData("model.control_model.time_embed.2", "control_model.time_embed.2")]
    [InlineData("model.diffusion_model.out.2", "diffusion_model.out.2")]
    [InlineData("first_stage_model.decoder.up.3.block.0.conv1", "decoder.up.3")]
    [InlineData("first_stage_model.decoder.conv_in", "decoder.conv_in")]
    [InlineData("first_stage_model.decoder.mid.attn_1.q", "decoder.mid.attn_1")]
    [InlineData("conditioner.embedders.1.model.transformer.resblocks.17.mlp.c_fc", "1.model.transformer.resblocks.17")]
    [InlineData("", "")]
    public void A_layer_belongs_to_the_block_of_its_first_numbers(string layer, string block) => Assert.Equal(block, LayerNames.BlockOf(layer));
}
