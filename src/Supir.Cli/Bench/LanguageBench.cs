using System.Diagnostics;
using System.Globalization;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Models.Llava;

namespace Supir.Cli.Bench;

/// <summary>LLaVA-1.5-13B's language model at full size, with weights computed from their names: how fast it reads and writes.</summary>
internal static class LanguageBench
{
    private const int Layers = 40;
    private const int Channels = 5120;
    private const int Hidden = 13824;
    private const int Vocabulary = 32064;

    /// <summary>A picture of 576 tokens and a question.</summary>
    private const int PromptTokens = 640;

    private const int AnswerTokens = 200;

    /// <summary>Measures the memory's bandwidth, then an answer of 200 tokens, and writes a line each.</summary>
    public static void Run(int threads, TextWriter output, CancellationToken stop)
    {
        double bandwidth = CpuBandwidth.Measure(threads);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{threads,2} threads  read memory at {bandwidth / 1e9:F1} GB/s"));
        using SyntheticSource source = new("LLaVA-1.5-13B's language model", Shapes());
        using CpuBackend backend = new(threads);
        LlavaConfig config = new() { Precision = WeightPrecision.FourBit };
        LlamaDecoder decoder = new(new WeightReader(source), PromptTokens + AnswerTokens, config);
        PlanNeed need = AnswerGenerator.Measure(decoder, backend, PromptTokens);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"13B in 4 bits: weights {need.WeightBytes / 1e9:F2} GB, rows of {decoder.Positions} tokens {need.StateBytes / 1e9:F2} GB, values {need.ArenaBytes / 1e9:F2} GB"));

        long start = Stopwatch.GetTimestamp();
        using CpuPlan step = backend.Compile(decoder.DescribeStep());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        Prompt(decoder, backend, output, stop);
        Answer(step, need.WeightBytes, bandwidth, output, stop);
    }

    private static void Prompt(LlamaDecoder decoder, CpuBackend backend, TextWriter output, CancellationToken stop)
    {
        using CpuPlan prompt = backend.Compile(decoder.DescribePrompt(PromptTokens));
        prompt.SetInput(LlamaDecoder.Embeddings, Embeddings(PromptTokens));
        prompt.SetInput(LlamaDecoder.Position, [0]);
        prompt.SetInput(LlamaDecoder.Asked, [PromptTokens - 1]);
        long start = Stopwatch.GetTimestamp();
        prompt.Run(null, stop);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{PromptTokens} tokens read in {seconds:F1} s, {prompt.Flops / seconds / 1e9:F0} GFLOP/s"));
    }

    private static void Answer(CpuPlan step, long weightBytes, double bandwidth, TextWriter output, CancellationToken stop)
    {
        float[] embedding = Embeddings(1);
        float[] logits = new float[Vocabulary];
        long start = Stopwatch.GetTimestamp();
        for (int token = 0; token < AnswerTokens; token++)
        {
            step.SetInput(LlamaDecoder.Embeddings, embedding);
            step.SetInput(LlamaDecoder.Position, [PromptTokens + token]);
            step.Run(null, stop);
            step.GetOutput(LlamaDecoder.Logits, logits);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / AnswerTokens;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{AnswerTokens} tokens written, {seconds * 1e3:F0} ms each: {weightBytes / bandwidth / seconds:P0} of the bound that reading the weights sets"));
    }

    private static float[] Embeddings(int tokens)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, tokens * Channels).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static IEnumerable<KeyValuePair<string, Shape>> Shapes()
    {
        yield return new("model.embed_tokens.weight", new Shape(Vocabulary, Channels));
        yield return new("model.norm.weight", new Shape(Channels));
        yield return new("lm_head.weight", new Shape(Vocabulary, Channels));
        for (int layer = 0; layer < Layers; layer++)
        {
            string name = $"model.layers.{layer}";
            foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "o_proj" })
            {
                yield return new($"{name}.self_attn.{projection}.weight", new Shape(Channels, Channels));
            }

            yield return new($"{name}.mlp.gate_proj.weight", new Shape(Hidden, Channels));
            yield return new($"{name}.mlp.up_proj.weight", new Shape(Hidden, Channels));
            yield return new($"{name}.mlp.down_proj.weight", new Shape(Channels, Hidden));
            yield return new($"{name}.input_layernorm.weight", new Shape(Channels));
            yield return new($"{name}.post_attention_layernorm.weight", new Shape(Channels));
        }
    }
}
