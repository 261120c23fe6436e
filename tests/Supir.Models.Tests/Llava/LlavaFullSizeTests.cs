using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models.Llava;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Llava;

/// <summary>A layer of each tower at the size of LLaVA-1.5-13B against the scalar definition. Takes a minute and 5 GB of memory.</summary>
[Trait("Category", "Full")]
public sealed class LlavaFullSizeTests
{
    private const double Tolerance = 1e-4;
    private const int Channels = 5120;
    private const int Hidden = 13824;
    private const int Vocabulary = 100;
    private const int PromptTokens = 5;

    [Fact]
    public void A_layer_of_the_language_model_of_forty_heads_is_its_definition()
    {
        LlamaDecoder decoder = new(new WeightReader(new SyntheticSource("one layer", new LlamaShapes(1, Channels, Hidden, Vocabulary).All)), 16, new LlavaConfig { CacheType = DType.Float32 });
        using ReferenceBackend reference = new();
        using CpuBackend cpu = new();
        (float[] prompt, float[] step) = Answer(decoder, reference);
        (float[] fastPrompt, float[] fastStep) = Answer(decoder, cpu);
        Assertions.Close(prompt, fastPrompt, relative: Tolerance);
        Assertions.Close(step, fastStep, relative: Tolerance);
    }

    [Fact]
    public void A_layer_of_ViT_L_with_577_tokens_is_its_definition()
    {
        const int Width = 256;
        SyntheticSource source = new("one layer", [.. new LlamaShapes(1, Width, Width, Vocabulary).All.Select(shape => new KeyValuePair<string, Shape>("language_model." + shape.Key, shape.Value)), .. VisionShapes(Width)]);
        LlavaModel model = new(new WeightReader(source), 16, new LlavaConfig());
        Assert.Equal((336, 576), (model.ImageSize, model.ImageTokens));
        float[] pixels = new float[336 * 336 * 3];
        SyntheticTensor.Fill("input.pixels", new Shape(336, 336, 3), pixels);
        using ReferenceBackend reference = new();
        using CpuBackend cpu = new();
        Assertions.Close(Look(model, reference, pixels), Look(model, cpu, pixels), relative: Tolerance);
    }

    private static (float[] Prompt, float[] Step) Answer(LlamaDecoder decoder, IBackend backend)
    {
        float[] embeddings = new float[(PromptTokens + 1) * Channels];
        SyntheticTensor.Fill("input.tokens", new Shape(PromptTokens + 1, Channels), embeddings);
        using IPlan prompt = backend.Compile(decoder.DescribePrompt(PromptTokens));
        using IPlan step = backend.Compile(decoder.DescribeStep());
        prompt.SetInput(LlamaDecoder.Embeddings, embeddings.AsSpan(0, PromptTokens * Channels));
        prompt.SetInput(LlamaDecoder.Position, [0]);
        prompt.SetInput(LlamaDecoder.Asked, [PromptTokens - 1]);
        prompt.Run();
        step.SetInput(LlamaDecoder.Embeddings, embeddings.AsSpan(PromptTokens * Channels));
        step.SetInput(LlamaDecoder.Position, [PromptTokens]);
        step.Run();
        return (prompt.Read(LlamaDecoder.Logits, Vocabulary), step.Read(LlamaDecoder.Logits, Vocabulary));
    }

    private static float[] Look(LlavaModel model, IBackend backend, float[] pixels)
    {
        Graph graph = model.DescribeVision();
        using IPlan plan = backend.Compile(graph);
        plan.SetInput(LlavaModel.Patches, model.ToPatches(pixels));
        plan.SetInput(LlavaModel.KindsOfTokens, model.Kinds);
        plan.Run();
        return plan.Read(LlavaModel.Features, (int)graph.Outputs[LlavaModel.Features].Shape.ElementCount);
    }

    private static IEnumerable<KeyValuePair<string, Shape>> VisionShapes(int width)
    {
        const string Vision = "vision_tower.vision_model";
        const int Inner = 1024;
        yield return new($"{Vision}.embeddings.class_embedding", new Shape(Inner));
        yield return new($"{Vision}.embeddings.patch_embedding.weight", new Shape(Inner, 3, 14, 14));
        yield return new($"{Vision}.embeddings.position_embedding.weight", new Shape(577, Inner));
        yield return new($"{Vision}.pre_layrnorm.weight", new Shape(Inner));
        yield return new($"{Vision}.pre_layrnorm.bias", new Shape(Inner));
        yield return new("multi_modal_projector.linear_1.weight", new Shape(width, Inner));
        yield return new("multi_modal_projector.linear_1.bias", new Shape(width));
        yield return new("multi_modal_projector.linear_2.weight", new Shape(width, width));
        yield return new("multi_modal_projector.linear_2.bias", new Shape(width));

        // The last of both is not read.
        for (int layer = 0; layer < 2; layer++)
        {
            foreach ((string part, int outputs, int inputs) in new[]
            {
                ("self_attn.q_proj", Inner, Inner), ("self_attn.k_proj", Inner, Inner), ("self_attn.v_proj", Inner, Inner), ("self_attn.out_proj", Inner, Inner),
                ("mlp.fc1", 4 * Inner, Inner), ("mlp.fc2", Inner, 4 * Inner),
            })
            {
                yield return new($"{Vision}.encoder.layers.{layer}.{part}.weight", new Shape(outputs, inputs));
                yield return new($"{Vision}.encoder.layers.{layer}.{part}.bias", new Shape(outputs));
            }

            foreach (string norm in new[] { "layer_norm1", "layer_norm2" })
            {
                yield return new($"{Vision}.encoder.layers.{layer}.{norm}.weight", new Shape(Inner));
                yield return new($"{Vision}.encoder.layers.{layer}.{norm}.bias", new Shape(Inner));
            }
        }
    }
}
