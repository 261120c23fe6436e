using Supir.Checkpoints.Adapters;
using Supir.Engine;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests.Adapters;

public sealed class LoraSourceTests
{
    private const string Query = "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q.weight";

    [Theory]
    [InlineData("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_{0}.weight", "up", "down")]
    [InlineData("lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q.lora_{0}.weight", "up", "down")]
    [InlineData("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_{0}.weight", "B", "A")]
    [InlineData("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora.{0}.weight", "up", "down")]
    [InlineData("unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.{0}.weight", "up", "down")]
    [InlineData("base_model.model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_q.lora_{0}.weight", "B", "A")]
    public void Every_naming_leads_to_the_same_weight(string pattern, string up, string down)
    {
        string Name(string part) => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, part);
        ArraySource lora = new ArraySource("lora").Add(Name(up), new Shape(2, 1), 1, 2).Add(Name(down), new Shape(1, 3), 1, 10, 100);
        using LoraSource source = new(new ArraySource("base").Add(Query, new Shape(2, 3), 1, 2, 3, 4, 5, 6), lora, 0.5f);

        Assert.Equal([1.5f, 7f, 53f, 5f, 15f, 106f], source.Get(Query).ToFloats());
        Assert.Null(source.Warning);
        Assert.Equal((1, "base + lora:0.5"), (source.ChangedCount, source.Description));
    }

    [Theory]
    [InlineData("input_blocks.0.0", "conv_in")]
    [InlineData("input_blocks.3.0.op", "down_blocks_0_downsamplers_0_conv")]
    [InlineData("input_blocks.6.0.op", "down_blocks_1_downsamplers_0_conv")]
    [InlineData("input_blocks.1.0.in_layers.2", "down_blocks_0_resnets_0_conv1")]
    [InlineData("input_blocks.8.0.emb_layers.1", "down_blocks_2_resnets_1_time_emb_proj")]
    [InlineData("input_blocks.8.1.proj_in", "down_blocks_2_attentions_1_proj_in")]
    [InlineData("middle_block.0.out_layers.3", "mid_block_resnets_0_conv2")]
    [InlineData("middle_block.1.transformer_blocks.9.ff.net.0.proj", "mid_block_attentions_0_transformer_blocks_9_ff_net_0_proj")]
    [InlineData("middle_block.2.in_layers.2", "mid_block_resnets_1_conv1")]
    [InlineData("output_blocks.2.2.conv", "up_blocks_0_upsamplers_0_conv")]
    [InlineData("output_blocks.5.1.proj_out", "up_blocks_1_attentions_2_proj_out")]
    [InlineData("output_blocks.8.0.skip_connection", "up_blocks_2_resnets_2_conv_shortcut")]
    [InlineData("time_embed.2", "time_embedding_linear_2")]
    [InlineData("label_emb.0.0", "add_embedding_linear_1")]
    [InlineData("out.2", "conv_out")]
    [InlineData("output_blocks.0.1.transformer_blocks.1.attn2.to_out.0", "up_blocks_0_attentions_0_transformer_blocks_1_attn2_to_out_0")]
    public void Modules_of_the_unet_are_known_by_both_names(string original, string diffusers)
    {
        using SyntheticSource full = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        LoraTargets targets = new(full);
        string weight = $"model.diffusion_model.{original}.weight";
        Assert.Equal(weight, targets.Find($"unet_{diffusers}")?.Weight);
        Assert.Equal(weight, targets.Find($"unet_{LoraTargets.KeyOf(original)}")?.Weight);
    }

    [Fact]
    public void Text_encoders_are_known_and_the_second_ones_attention_is_one_matrix()
    {
        using SyntheticSource full = SyntheticSource.Open(Golden.PathOf("full.manifest.json"));
        LoraTargets targets = new(full);
        const string First = "conditioner.embedders.0.transformer.text_model.encoder.layers.3.self_attn.k_proj.weight";
        const string Second = "conditioner.embedders.1.model.transformer.resblocks.31.";

        Assert.Equal(new LoraTarget(First, 0, 768, 768), targets.Find("te1_text_model_encoder_layers_3_self_attn_k_proj"));
        Assert.Equal(First, targets.Find("text_encoder_text_model_encoder_layers_3_self_attn_k_proj")?.Weight);
        Assert.Equal(new LoraTarget(Second + "attn.in_proj_weight", 1280, 1280, 1280), targets.Find("te2_text_model_encoder_layers_31_self_attn_k_proj"));
        Assert.Equal(new LoraTarget(Second + "attn.in_proj_weight", 2560, 1280, 1280), targets.Find("text_encoder_2_text_model_encoder_layers_31_self_attn_v_proj"));
        Assert.Equal(Second + "attn.out_proj.weight", targets.Find("te2_text_model_encoder_layers_31_self_attn_out_proj")?.Weight);
        Assert.Equal(new LoraTarget(Second + "mlp.c_proj.weight", 0, 1280, 5120), targets.Find("te2_text_model_encoder_layers_31_mlp_fc2"));
        Assert.Null(targets.Find("te2_text_model_encoder_layers_32_mlp_fc2"));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(7, 33)]
    [InlineData(64, 40)]
    public void The_sum_is_that_of_its_definition_in_both_precisions(int rank, int columns)
    {
        const int Rows = 37;
        const float Alpha = 3;
        ArraySource lora = new ArraySource("lora")
            .AddRandom("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_up.weight", Rows, rank)
            .AddRandom("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_down.weight", rank, columns)
            .Add("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.alpha", new Shape(), Alpha);
        ArraySource single = new ArraySource("base").AddRandom(Query, Rows, columns);
        float[] before = single.Get(Query).ToFloats();
        ArraySource half = new ArraySource("half").Add(Engine.Weights.Weight.FromHalves(Query, new Shape(Rows, columns), [.. before.Select(value => (Half)value)]));
        float[] up = lora.Get(lora.Tensors.Keys.First()).ToFloats();
        float[] down = lora.Get(lora.Tensors.Keys.ElementAt(1)).ToFloats();
        float[] expected = new float[before.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            double sum = 0;
            for (int r = 0; r < rank; r++)
            {
                sum += (double)up[(i / columns * rank) + r] * down[(r * columns) + (i % columns)];
            }

            expected[i] = (float)(before[i] + (0.8 * Alpha / rank * sum));
        }

        using LoraSource singles = new(single, lora, 0.8f);
        using LoraSource halves = new(half, lora, 0.8f);
        Assert.Equal((DType.Float32, DType.Float16), (singles.Tensors[Query].Type, halves.Get(Query).Type));
        Assert.InRange(Closeness.RelativeL2(expected, singles.Get(Query).ToFloats()), 0, 1e-6);
        Assert.InRange(Closeness.RelativeL2(expected, halves.Get(Query).ToFloats()), 0, 5e-4);
    }

    [Fact]
    public void Convolutions_are_changed_in_two_and_in_three_parts()
    {
        const string Name = "model.diffusion_model.input_blocks.3.0.op.weight";
        const string Module = "lora_unet_input_blocks_3_0_op";
        ArraySource Base() => new ArraySource("base").Add(Name, new Shape(2, 2, 1, 2), new float[8]);
        ArraySource two = new ArraySource("two").Add(Module + ".lora_up.weight", new Shape(2, 1, 1, 1), 1, 2).Add(Module + ".lora_down.weight", new Shape(1, 2, 1, 2), 1, 2, 3, 4);
        using LoraSource inTwo = new(Base(), two, 1);
        Assert.Equal([1f, 2, 3, 4, 2, 4, 6, 8], inTwo.Get(Name).ToFloats());

        // Σ_r up[o, r] · Σ_s middle[r, s, k] · down[s, i], of rank 2 with alpha 2.
        ArraySource three = new ArraySource("three")
            .Add(Module + ".lora_up.weight", new Shape(2, 2, 1, 1), 1, 0, 0, 1)
            .Add(Module + ".lora_down.weight", new Shape(2, 2, 1, 1), 1, 2, 3, 4)
            .Add(Module + ".lora_mid.weight", new Shape(2, 2, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8)
            .Add(Module + ".alpha", new Shape(1), 2);
        using LoraSource inThree = new(Base(), three, 1);
        Assert.Equal([1f + 9, 2 + 12, 2 + 12, 4 + 16, 5 + 21, 6 + 24, 10 + 28, 12 + 32], inThree.Get(Name).ToFloats());
    }

    [Fact]
    public void Modules_that_change_parts_of_one_matrix_come_together()
    {
        const string Name = "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight";
        ArraySource lora = new("lora");
        foreach ((string part, float value) in new[] { ("q", 1f), ("v", 3f) })
        {
            lora.Add($"lora_te2_text_model_encoder_layers_0_self_attn_{part}_proj.lora_up.weight", new Shape(1, 1), value);
            lora.Add($"lora_te2_text_model_encoder_layers_0_self_attn_{part}_proj.lora_down.weight", new Shape(1, 1), 10);
        }

        using LoraSource source = new(new ArraySource("base").Add(Name, new Shape(3, 1), 1, 2, 3), lora, 1);
        Assert.Equal([11f, 2f, 33f], source.Get(Name).ToFloats());
    }

    [Fact]
    public void Quantised_weights_are_widened_first()
    {
        using SafetensorsFile mini = SafetensorsFile.Open(MiniCheckpoint.Path);
        const string Name = "model.diffusion_model.middle_block.1.proj_in.weight";
        WeightInfo info = mini.Tensors[Name];
        ArraySource lora = new ArraySource("lora")
            .Add("lora_unet_middle_block_1_proj_in.lora_up.weight", new Shape((int)info.Lengths[0], 1), new float[info.Lengths[0]])
            .Add("lora_unet_middle_block_1_proj_in.lora_down.weight", new Shape(1, (int)(info.ElementCount / info.Lengths[0])), new float[info.ElementCount / info.Lengths[0]]);
        using LoraSource source = new(mini, lora, 1);
        Assert.Equal((DType.Int8, DType.Float16), (info.Type, source.Get(Name).Type));
        Assert.InRange(Closeness.RelativeL2(mini.Get(Name).ToFloats(), source.Get(Name).ToFloats()), 0, 5e-4);
    }

    [Fact]
    public void What_is_unknown_is_named_in_one_line_and_a_lora_of_another_model_is_refused()
    {
        ArraySource known = new ArraySource("lora")
            .Add("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_up.weight", new Shape(2, 1), 1, 2)
            .Add("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_down.weight", new Shape(1, 3), 1, 10, 100)
            .Add("lora_unet_nowhere.lora_up.weight", new Shape(1, 1), 1)
            .Add("lora_unet_nowhere.hada_w1_a", new Shape(1, 1), 1);
        using LoraSource source = new(new ArraySource("base").Add(Query, new Shape(2, 3), new float[6]), known, 1);
        Assert.Equal("lora: 2 of its modules are not known and were left out: 'lora_unet_nowhere.hada_w1_a', 'unet_nowhere'.", source.Warning);

        string other = Assert.Throws<CheckpointException>(() => new LoraSource(new ArraySource("base"), known, 1)).Message;
        Assert.StartsWith("lora is no LoRA for this model: none of its 3 modules is in base.", other, StringComparison.Ordinal);
        string shape = Assert.Throws<CheckpointException>(() => new LoraSource(new ArraySource("base").Add(Query, new Shape(2, 4), new float[8]), known, 1)).Message;
        Assert.Contains("do not fit the weight", shape, StringComparison.Ordinal);
        ArraySource lacking = new ArraySource("lora").Add("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_up.weight", new Shape(2, 1), 1, 2);
        Assert.Contains(
            "lacks its down matrix",
            Assert.Throws<CheckpointException>(() => new LoraSource(new ArraySource("base").Add(Query, new Shape(2, 3), new float[6]), lacking, 1)).Message,
            StringComparison.Ordinal);
    }
}
