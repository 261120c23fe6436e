using Supir.Checkpoints.Adapters;
using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests.Conversion;

public sealed class LlavaConversionTests : IDisposable
{
    private const string Matrix = "language_model.model.layers.0.mlp.down_proj.weight";
    private const string Odd = "language_model.model.layers.0.self_attn.q_proj.weight";
    private const string Head = "language_model.lm_head.weight";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ConversionFormat.Int4, DType.Int4, DType.Float32)]
    [InlineData(ConversionFormat.Int8, DType.Int8, DType.Int8)]
    public void Layers_and_head_are_rounded_and_all_else_is_written_as_it_is(ConversionFormat format, DType matrix, DType odd)
    {
        ArraySource source = Llava();
        using SafetensorsFile file = SafetensorsFile.Open(Convert(source, format, out ConversionReport report));
        Assert.Equal(source.Tensors.Keys, file.Tensors.Keys);
        foreach ((string name, WeightInfo info) in file.Tensors)
        {
            DType expected = name switch { Matrix => matrix, Odd => odd, Head => DType.Int8, _ => DType.Float32 };
            Assert.Equal((name, expected), (name, info.Type));
            Assert.Equal(source.Tensors[name].Lengths, info.Lengths);
            float[] before = source.Get(name).ToFloats();
            float[] after = file.Get(name).ToFloats();
            Assert.InRange(Closeness.RelativeL2(before, after), 0, expected switch { DType.Int4 => 0.11, DType.Int8 => 0.01, _ => 0 });
            Assert.Equal(Closeness.RelativeL2(before, after), report.Tensors.Single(tensor => tensor.Name == name).RelativeError, 1e-6);
        }

        Assert.Equal(new FileInfo(report.Path).Length, report.FileBytes);
        Assert.InRange(report.FileBytes - CheckpointConverter.Measure(source, new ConversionOptions { Format = format }), 0, 4096);
    }

    [Fact]
    public void Numbers_of_four_bits_are_those_of_the_definition_row_by_row()
    {
        ArraySource source = Llava();
        using SafetensorsFile file = SafetensorsFile.Open(Convert(source, ConversionFormat.Int4, out _));
        float[] elements = source.Get(Matrix).ToFloats();
        Assert.Equal(RandomWeights.FourBit(Matrix, new Shape(65, 192), elements).ToFloats(), file.Get(Matrix).ToFloats());
        float[] row = new float[192];
        file.Get(Matrix).ReadRow(64, row);
        Assert.Equal(file.Get(Matrix).ToFloats()[^192..], row);
    }

    [Theory]
    [InlineData(ConversionFormat.Int4, "in int4 with a scale for each 64 inputs", "a LLaVA-1.5 of 96 channels in 4 bits, for captions")]
    [InlineData(ConversionFormat.Int8, "in int8 with a scale per output channel", "a LLaVA-1.5 of 96 channels in 8 bits, for captions")]
    public void What_was_converted_is_named_with_its_bits_and_not_converted_again(ConversionFormat format, string quantisation, string title)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Convert(Llava(), format, out _));
        CheckpointInspection inspection = CheckpointInspection.Of(file);
        Assert.Equal((CheckpointKind.Llava, title), (inspection.Kind, inspection.Title));
        Assert.Contains(quantisation, inspection.Quantisation, StringComparison.Ordinal);
        foreach (ConversionFormat again in new[] { ConversionFormat.Int4, ConversionFormat.Int8, ConversionFormat.Float16 })
        {
            string message = Assert.Throws<CheckpointException>(() => Convert(file, again, out _)).Message;
            Assert.Contains("was converted before", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Half_precision_rounds_nothing_further()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Convert(Llava(), ConversionFormat.Float16, out _));
        Assert.All(file.Tensors.Values, info => Assert.Equal(DType.Float16, info.Type));
    }

    [Fact]
    public void Four_bits_are_for_a_LLaVA_and_fp8_is_not()
    {
        ArraySource other = new ArraySource("other").AddRandom("model.diffusion_model.middle_block.1.proj_in.weight", 64, 64);
        Assert.Contains("is no LLaVA", Assert.Throws<CheckpointException>(() => Convert(other, ConversionFormat.Int4, out _)).Message, StringComparison.Ordinal);
        Assert.Contains("not in fp8", Assert.Throws<CheckpointException>(() => Convert(Llava(), ConversionFormat.Float8E4M3, out _)).Message, StringComparison.Ordinal);
        ArraySource four = new ArraySource("other").Add(RandomWeights.FourBit("x.weight", new Shape(1, 64), new float[64]));
        Assert.Contains("is no LLaVA", Assert.Throws<CheckpointException>(() => Convert(four, ConversionFormat.Float16, out _)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "not a finite number")]
    [InlineData(1e10f, "holds numbers of up to 1E+10, too large for factors in half precision")]
    public void Numbers_that_four_bits_cannot_hold_are_refused_by_name_and_nothing_is_left(float value, string reason)
    {
        ArraySource source = Llava();
        float[] elements = new float[128];
        elements[70] = value;
        source.Add("language_model.model.layers.1.mlp.down_proj.weight", new Shape(1, 128), elements);
        string message = Assert.Throws<CheckpointException>(() => Convert(source, ConversionFormat.Int4, out _)).Message;
        Assert.Contains("'language_model.model.layers.1.mlp.down_proj.weight'", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.PathOf("")));
    }

    [Fact]
    public void Shards_of_a_converted_file_are_read_by_their_index()
    {
        ArraySource source = Llava();
        string path = Convert(source, ConversionFormat.Int4, out _);
        string map = string.Join(", ", source.Tensors.Keys.SelectMany(name => name switch
        {
            Matrix => new[] { name + ".int4", name + ".scale" },
            Head => [name, name + ".scale"],
            _ => [name],
        }).Select(name => $"\"{name}\": \"{Path.GetFileName(path)}\""));
        File.WriteAllText(_folder.PathOf("model.safetensors.index.json"), $"{{\"weight_map\": {{{map}}}}}");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using IWeightSource sharded = CheckpointFile.Open(_folder.PathOf("model.safetensors.index.json"));
        Assert.Equal(file.Tensors.Keys, sharded.Tensors.Keys);
        Assert.Equal(file.Get(Matrix).ToFloats(), sharded.Get(Matrix).ToFloats());
    }

    [Fact]
    public void Only_a_language_models_layers_are_read_in_four_bits()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Convert(Llava(), ConversionFormat.Int4, out _));
        WeightReader reader = new(file);
        Assert.Equal(DType.Int4, reader.Read(Matrix, new Shape(65, 192), canBeFourBit: true).Type);
        string message = Assert.Throws<CheckpointException>(() => reader.Read(Matrix, new Shape(65, 192))).Message;
        Assert.Contains($"'{Matrix}' is in 4 bits", message, StringComparison.Ordinal);

        ArraySource four = new ArraySource("four").Add(RandomWeights.FourBit("model.diffusion_model.out.0.weight", new Shape(1, 64), new float[64]));
        ArraySource lora = new ArraySource("lora").Add("lora_unet_out_0.lora_down.weight", new Shape(1, 64), new float[64]).Add("lora_unet_out_0.lora_up.weight", new Shape(1, 1), 1f);
        Assert.Contains("no LoRA", Assert.Throws<CheckpointException>(() => new LoraSource(four, lora, 1).Dispose()).Message, StringComparison.Ordinal);
    }

    private static ArraySource Llava() => new ArraySource("llava")
        .AddRandom("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", 64, 64)
        .AddRandom("multi_modal_projector.linear_1.weight", 64, 64)
        .AddRandom("language_model.model.embed_tokens.weight", 9, 96)
        .AddRandom("language_model.model.layers.0.input_layernorm.weight", 64)
        .AddRandom(Matrix, 65, 192)
        .AddRandom(Odd, 64, 96)
        .AddRandom(Head, 9, 64);

    private string Convert(IWeightSource source, ConversionFormat format, out ConversionReport report)
    {
        string path = _folder.PathOf($"{format}.safetensors");
        report = CheckpointConverter.Convert(source, path, new ConversionOptions { Format = format });
        return path;
    }
}
