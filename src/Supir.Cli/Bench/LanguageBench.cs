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
    /// <summary>A picture of 576 tokens and a question.</summary>
    private const int PromptTokens = 640;

    private const int AnswerTokens = 200;

    /// <summary>Measures the memory's bandwidth, then an answer of 200 tokens, and writes a line each.</summary>
    public static void Run(int threads, TextWriter output, CancellationToken stop)
    {
        double bandwidth = CpuBandwidth.Measure(threads);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{threads,2} threads  read memory at {bandwidth / 1e9:F1} GB/s"));
        using SyntheticSource source = new("LLaVA-1.5-13B's language model", LlamaShapes.Llava13B.All);
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
        float[] logits = new float[LlamaShapes.Llava13B.Vocabulary];
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
        return [.. Enumerable.Range(0, tokens * LlamaShapes.Llava13B.Channels).Select(_ => random.NextSingle() - 0.5f)];
    }
}
