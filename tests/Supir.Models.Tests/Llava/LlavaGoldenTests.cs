using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;
using Supir.Models.Llava;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Llava;

/// <summary>The tiny LLaVA of tests/goldens/README.md against Hugging Face's transformers.</summary>
public sealed class LlavaGoldenTests
{
    private const double Tolerance = 1e-4;
    private const int ImageToken = 32000;

    private static readonly LlavaConfig Config = new() { VisionHeads = 4, LanguageHeads = 4, CacheType = DType.Float32 };

    private static GoldenTensors Goldens => GoldenTensors.Open("llava.safetensors");

    [Fact]
    public void The_picture_becomes_the_tokens_of_the_reference()
    {
        using CpuBackend backend = new(2);
        LlavaModel model = Open(Config);
        Assert.Equal((56, 16), (model.ImageSize, model.ImageTokens));
        Assertions.Close(Goldens.Floats("image_features"), Features(model, backend), relative: Tolerance);
    }

    [Fact]
    public void The_last_three_tokens_foretell_what_they_do_in_the_reference()
    {
        using CpuBackend backend = new(2);
        LlavaModel model = Open(Config);
        float[] expected = Goldens.Floats("logits");
        float[] embeddings = Prompt(model, backend);
        int tokens = embeddings.Length / model.Decoder.Channels;
        for (int i = 0; i < 3; i++)
        {
            using CpuPlan plan = backend.Compile(model.Decoder.DescribePrompt(tokens));
            plan.SetInput(LlamaDecoder.Embeddings, embeddings);
            plan.SetInput(LlamaDecoder.Position, [0]);
            plan.SetInput(LlamaDecoder.Asked, [tokens - 3 + i]);
            plan.Run();
            Assertions.Close(expected.AsSpan(i * model.Decoder.Vocabulary, model.Decoder.Vocabulary), plan.Read(LlamaDecoder.Logits, model.Decoder.Vocabulary), relative: Tolerance);
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float16)]
    public void The_likeliest_twenty_tokens_are_those_of_the_reference(DType cacheType)
    {
        using CpuBackend backend = new(2);
        LlavaModel model = Open(Config with { CacheType = cacheType });
        using AnswerGenerator generator = new(model.Decoder, backend);
        float[] prompt = Prompt(model, backend);

        // Twice: an answer leaves nothing behind that changes the next.
        for (int answer = 0; answer < 2; answer++)
        {
            Assert.Equal(Goldens.Integers("generated"), generator.Answer(prompt, 20, end: -1, model.Decoder.Vocabulary, new TokenSampler(SamplingOptions.Greedy)));
        }
    }

    [Fact]
    public void The_answer_ends_before_the_token_that_ends_it()
    {
        using CpuBackend backend = new(2);
        LlavaModel model = Open(Config);
        using AnswerGenerator generator = new(model.Decoder, backend);
        int[] all = Goldens.Integers("generated");
        int end = all[7];
        Assert.Equal(all.TakeWhile(token => token != end), generator.Answer(Prompt(model, backend), 20, end, model.Decoder.Vocabulary, new TokenSampler(SamplingOptions.Greedy)));
    }

    [Fact]
    public void Every_weight_is_read_or_named_as_unused()
    {
        WeightReader reader = new(SyntheticSource.Open(Golden.PathOf("llava.manifest.json")));
        LlavaModel model = new(reader, 64, Config);
        reader.RequireAllRead(model.UnusedWeights);
    }

    [Theory]
    [InlineData(ConversionFormat.Int4, WeightPrecision.FourBit, false)]
    [InlineData(ConversionFormat.Int8, WeightPrecision.EightBit, false)]
    [InlineData(ConversionFormat.Int8, WeightPrecision.EightBit, true)]
    public void A_converted_model_foretells_to_the_bit_what_one_does_that_is_rounded_when_loaded(ConversionFormat format, WeightPrecision precision, bool asksForLess)
    {
        using CpuBackend backend = new(2);
        string path = Path.Combine(Path.GetTempPath(), $"supir-{Guid.NewGuid():N}.safetensors");
        using (SyntheticSource source = SyntheticSource.Open(Golden.PathOf("llava.manifest.json")))
        {
            CheckpointConverter.Convert(source, path, new ConversionOptions { Format = format });
        }

        try
        {
            // What a file has in 8 bits is not rounded to 4, the default, behind the user's back.
            using SafetensorsFile file = SafetensorsFile.Open(path);
            LlavaModel converted = new(new WeightReader(file), 64, Config with { Precision = asksForLess ? WeightPrecision.FourBit : precision });
            LlavaModel rounded = Open(Config with { Precision = precision });
            Assert.Equal(precision, converted.Decoder.Precision);
            Assert.Equal(LogitsOf(rounded, backend, out long bytes), LogitsOf(converted, backend, out long convertedBytes));
            Assert.Equal(bytes, convertedBytes);
            using AnswerGenerator expected = new(rounded.Decoder, backend);
            using AnswerGenerator actual = new(converted.Decoder, backend);
            Assert.Equal(Twenty(expected, rounded, backend), Twenty(actual, converted, backend));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_decoder_in_four_and_eight_bits_takes_less_memory_and_foretells_nearly_the_same()
    {
        using CpuBackend backend = new(2);
        float[] expected = LogitsOf(Open(Config), backend, out long whole);
        float[] eight = LogitsOf(Open(Config with { Precision = WeightPrecision.EightBit }), backend, out long eightBytes);
        float[] four = LogitsOf(Open(Config with { Precision = WeightPrecision.FourBit }), backend, out long fourBytes);
        Assertions.Close(expected, eight, relative: 0.05);
        Assertions.Close(expected, four, relative: 0.3);
        Assert.InRange(eightBytes, 1, 0.52 * whole);
        Assert.InRange(fourBytes, 1, eightBytes - 1);
    }

    private static int[] Twenty(AnswerGenerator generator, LlavaModel model, CpuBackend backend) =>
        [.. generator.Answer(Prompt(model, backend), 20, end: -1, model.Decoder.Vocabulary, new TokenSampler(SamplingOptions.Greedy))];

    private static float[] LogitsOf(LlavaModel model, CpuBackend backend, out long weightBytes)
    {
        using CpuPlan plan = backend.Compile(model.Decoder.DescribeStep());
        weightBytes = backend.WeightBytes;
        float[] embedding = new float[model.Decoder.Channels];
        model.Decoder.Embed([17], embedding);
        plan.SetInput(LlamaDecoder.Embeddings, embedding);
        plan.SetInput(LlamaDecoder.Position, [0]);
        plan.Run();
        return plan.Read(LlamaDecoder.Logits, model.Decoder.Vocabulary);
    }

    private static LlavaModel Open(LlavaConfig config) =>
        new(new WeightReader(SyntheticSource.Open(Golden.PathOf("llava.manifest.json"))), 64, config);

    private static float[] Features(LlavaModel model, CpuBackend backend)
    {
        Shape shape = new(1, 3, 56, 56);
        float[] pixels = new float[shape.ElementCount];
        SyntheticTensor.Fill("input.pixels", shape, pixels);
        Graph graph = model.DescribeVision();
        using CpuPlan plan = backend.Compile(graph);
        plan.SetInput(LlavaModel.Patches, model.ToPatches(Layout.ChannelsLast(pixels, shape)));
        plan.SetInput(LlavaModel.KindsOfTokens, model.Kinds);
        plan.Run();
        return plan.Read(LlavaModel.Features, (int)graph.Outputs[LlavaModel.Features].Shape.ElementCount)[model.Decoder.Channels..];
    }

    private static float[] Prompt(LlavaModel model, CpuBackend backend)
    {
        int[] ids = Goldens.Integers("input_ids");
        int first = Array.IndexOf(ids, ImageToken);
        float[] embeddings = new float[ids.Length * model.Decoder.Channels];
        model.Decoder.Embed(ids, embeddings);
        Features(model, backend).CopyTo(embeddings, first * model.Decoder.Channels);
        return embeddings;
    }
}
