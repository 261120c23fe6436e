using System.Diagnostics;
using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Models.Llava;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>LLaVA on the GPU: the tiny one of the goldens against transformers, and the speed of the 13B one with computed weights.</summary>
internal static class LanguageChecks
{
    private const int ImageToken = 32000;
    private const int PromptTokens = 640;
    private const int AnswerTokens = 200;

    /// <summary>Image features and twenty tokens, in single precision.</summary>
    public static void Golden(Report report)
    {
        using CudaBackend cuda = new(0, DType.Float32);
        GoldenTensors goldens = GoldenTensors.Open("llava.safetensors");
        LlavaConfig config = new() { VisionHeads = 4, LanguageHeads = 4 };
        LlavaModel model = new(new WeightReader(SyntheticSource.Open(Testing.Golden.PathOf("llava.manifest.json"))), 64, config);
        float[] features = [];
        report.Guard("llava's vision", () =>
        {
            features = Features(model, cuda);
            report.Check("llava: image features", Closeness.RelativeL2(goldens.Floats("image_features"), features), 1e-4);
        });
        report.Guard("llava's answer", () =>
        {
            int[] ids = goldens.Integers("input_ids");
            float[] embeddings = new float[ids.Length * model.Decoder.Channels];
            model.Decoder.Embed(ids, embeddings);
            features.CopyTo(embeddings, Array.IndexOf(ids, ImageToken) * model.Decoder.Channels);
            using AnswerGenerator generator = new(model.Decoder, cuda);
            for (int answer = 0; answer < 2; answer++)
            {
                int[] generated = [.. generator.Answer(embeddings, 20, -1, model.Decoder.Vocabulary, new TokenSampler(SamplingOptions.Greedy))];
                report.Check($"llava: tokens that differ, answer {answer}", generated.Zip(goldens.Integers("generated")).Count(pair => pair.First != pair.Second), 0);
            }
        });
    }

    /// <summary>What a file has in 4 or 8 bits against what is rounded when it is loaded: the same to the bit, numbers, prompt and answer.</summary>
    public static void Converted(Report report)
    {
        foreach ((ConversionFormat format, WeightPrecision precision) in new[] { (ConversionFormat.Int4, WeightPrecision.FourBit), (ConversionFormat.Int8, WeightPrecision.EightBit) })
        {
            string path = Path.Combine(Path.GetTempPath(), $"supir-{Guid.NewGuid():N}.safetensors");
            report.Guard($"llava in {format}", () =>
            {
                using SyntheticSource source = SyntheticSource.Open(Testing.Golden.PathOf("llava.manifest.json"));
                CheckpointConverter.Convert(source, path, new ConversionOptions { Format = format });
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (DType type in new[] { DType.Float16, DType.Float32 })
                {
                    float[] expected = LogitsOf(source, precision, type);
                    float[] actual = LogitsOf(file, precision, type);
                    report.Check($"llava in {format}, values in {type}: logits that differ from those of weights rounded at load", expected.Zip(actual).Count(pair => pair.First != pair.Second), 0);
                }
            });
            File.Delete(path);
        }
    }

    private static float[] LogitsOf(IWeightSource source, WeightPrecision precision, DType type)
    {
        using CudaBackend cuda = new(0, type);
        LlavaModel model = new(new WeightReader(source), 64, new LlavaConfig { VisionHeads = 4, LanguageHeads = 4, Precision = precision });
        int[] ids = [1, 17, 4711, 320, 9];
        float[] embeddings = new float[ids.Length * model.Decoder.Channels];
        model.Decoder.Embed(ids, embeddings);
        using CudaPlan prompt = cuda.Compile(model.Decoder.DescribePrompt(ids.Length));
        using CudaPlan step = cuda.Compile(model.Decoder.DescribeStep());
        float[] logits = new float[2 * model.Decoder.Vocabulary];
        prompt.SetInput(LlamaDecoder.Embeddings, embeddings);
        prompt.SetInput(LlamaDecoder.Position, [0]);
        prompt.SetInput(LlamaDecoder.Asked, [ids.Length - 1]);
        prompt.Run();
        prompt.GetOutput(LlamaDecoder.Logits, logits.AsSpan(0, model.Decoder.Vocabulary));
        step.SetInput(LlamaDecoder.Embeddings, embeddings.AsSpan(0, model.Decoder.Channels));
        step.SetInput(LlamaDecoder.Position, [ids.Length]);
        step.Run();
        step.GetOutput(LlamaDecoder.Logits, logits.AsSpan(model.Decoder.Vocabulary));
        return logits;
    }

    /// <summary>A prompt of 640 tokens and an answer of 200, all forty layers, by the generator that captions use.</summary>
    public static void Bench(CudaBackend cuda, WeightPrecision precision)
    {
        string name = $"13B in {(precision == WeightPrecision.FourBit ? 4 : 8)} bits";
        LlamaShapes shapes = LlamaShapes.Llava13B;
        using SyntheticSource source = new("LLaVA-1.5-13B's language model", shapes.All);
        LlamaDecoder decoder = new(new WeightReader(source), PromptTokens + AnswerTokens, new LlavaConfig { Precision = precision });
        PlanNeed need = AnswerGenerator.Measure(decoder, cuda, PromptTokens);
        double bandwidth = Benchmarks.CopyBandwidth(cuda);
        long start = Stopwatch.GetTimestamp();
        using CudaPlan step = cuda.Compile(decoder.DescribeStep());
        Report.Say($"{name}: {need.TotalBytes / 1e9:f2} GB needed, weights {need.WeightBytes / 1e9:f2} GB, loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s; a copy moves {bandwidth / 1e12:f2} TB/s");
        using CudaPlan prompt = cuda.Compile(decoder.DescribePrompt(PromptTokens));
        prompt.SetInput(LlamaDecoder.Position, [0]);
        prompt.SetInput(LlamaDecoder.Asked, [PromptTokens - 1]);
        float[] question = Embeddings(PromptTokens, shapes.Channels);

        // Not a row of the table for each token: computed weights have no table that could be looked up.
        float[] embedding = Embeddings(1, shapes.Channels);
        float[] logits = new float[shapes.Vocabulary];
        for (int run = 0; run < 3; run++)
        {
            TokenSampler sampler = new(new SamplingOptions());
            start = Stopwatch.GetTimestamp();
            prompt.SetInput(LlamaDecoder.Embeddings, question);
            prompt.Run();
            prompt.GetOutput(LlamaDecoder.Logits, logits);
            _ = sampler.Choose(logits);
            double reading = Stopwatch.GetElapsedTime(start).TotalSeconds;
            TimeSpan inputs = default, launch = default, choice = default;
            for (int token = 1; token < AnswerTokens; token++)
            {
                long begin = Stopwatch.GetTimestamp();
                step.SetInput(LlamaDecoder.Embeddings, embedding);
                step.SetInput(LlamaDecoder.Position, [PromptTokens + token - 1]);
                long isSet = Stopwatch.GetTimestamp();
                step.Run();
                long isLaunched = Stopwatch.GetTimestamp();
                step.GetOutput(LlamaDecoder.Logits, logits);
                long isThere = Stopwatch.GetTimestamp();
                _ = sampler.Choose(logits);
                inputs += Stopwatch.GetElapsedTime(begin, isSet);
                launch += Stopwatch.GetElapsedTime(isSet, isLaunched);
                choice += Stopwatch.GetElapsedTime(isThere);
            }

            double caption = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double each = (caption - reading) / (AnswerTokens - 1);
            Report.Say($"{name}: {PromptTokens} tokens read in {reading * 1e3:f0} ms, {each * 1e3:f2} ms a token, {need.WeightBytes / bandwidth / each:p0} of the bound that reading the weights sets; {AnswerTokens} tokens in {caption:f2} s; of a token {inputs.TotalMicroseconds / (AnswerTokens - 1):f0} µs to set inputs, {launch.TotalMicroseconds / (AnswerTokens - 1):f0} to launch, {choice.TotalMicroseconds / (AnswerTokens - 1):f0} to choose");
        }

        step.SetInput(LlamaDecoder.Position, [PromptTokens + (AnswerTokens / 2)]);
        double alone = Benchmarks.Time(step, 20) / 1e3;
        Report.Say($"{name}: a recorded step alone {alone * 1e3:f2} ms, {need.WeightBytes / bandwidth / alone:p0} of the bound");
        step.Profile = new Profile();
        step.Run();
        foreach (ProfileEntry entry in step.Profile.Entries.Take(8))
        {
            Report.Say($"    {entry.Time.TotalMilliseconds,8:f3} ms {entry.Count,4} x {entry.Operation}");
        }
    }

    private static float[] Features(LlavaModel model, CudaBackend cuda)
    {
        Shape shape = new(1, 3, 56, 56);
        float[] pixels = new float[shape.ElementCount];
        SyntheticTensor.Fill("input.pixels", shape, pixels);
        Graph graph = model.DescribeVision();
        using CudaPlan plan = cuda.Compile(graph);
        plan.SetInput(LlavaModel.Patches, model.ToPatches(Layout.ChannelsLast(pixels, shape)));
        plan.SetInput(LlavaModel.KindsOfTokens, model.Kinds);
        plan.Run();
        float[] rows = new float[graph.Outputs[LlavaModel.Features].Shape.ElementCount];
        plan.GetOutput(LlavaModel.Features, rows);
        return rows[model.Decoder.Channels..];
    }

    private static float[] Embeddings(int tokens, int channels)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, tokens * channels).Select(_ => random.NextSingle() - 0.5f)];
    }
}
