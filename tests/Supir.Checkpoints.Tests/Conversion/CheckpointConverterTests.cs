using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Testing;
using Xunit;

namespace Supir.Checkpoints.Tests.Conversion;

public sealed class CheckpointConverterTests : IDisposable
{
    private const string Large = "model.diffusion_model.middle_block.1.proj_in.weight";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ConversionFormat.Float16, 3e-4, DType.Float16)]
    [InlineData(ConversionFormat.Int8, 1e-2, DType.Int8)]
    [InlineData(ConversionFormat.Float8E4M3, 3e-2, DType.Float8E4M3)]
    public void What_is_written_opens_again_with_the_error_that_was_reported(ConversionFormat format, double largestError, DType type)
    {
        ArraySource source = new ArraySource("source").AddRandom(Large, 65, 67).AddRandom("model.diffusion_model.middle_block.1.norm.weight", 65);
        string path = _folder.PathOf("out.safetensors");
        ConversionReport report = CheckpointConverter.Convert(source, path, new ConversionOptions { Format = format });

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(source.Tensors.Keys, file.Tensors.Keys);
        Assert.Equal([type, DType.Float16], file.Tensors.Values.Select(info => info.Type));
        double error = Closeness.RelativeL2(source.Get(Large).ToFloats(), file.Get(Large).ToFloats());
        Assert.InRange(error, largestError / 20, largestError);
        Assert.Equal(error, report.Tensors[0].RelativeError, 1e-7);
        Assert.Equal((Large, 65 * 67L), (report.Worst(1)[0].Name, report.Worst(1)[0].ElementCount));
        Assert.Equal(new FileInfo(path).Length, report.FileBytes);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Integers_are_those_of_the_definition()
    {
        ArraySource source = new ArraySource("source").AddRandom(Large, 9, 4099);
        string path = Convert(source, ConversionFormat.Int8);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        float[] before = source.Get(Large).ToFloats();
        float[] after = file.Get(Large).ToFloats();
        for (int row = 0; row < 9; row++)
        {
            float scale = before.AsSpan(row * 4099, 4099).ToArray().Max(MathF.Abs) / 127;
            Assert.Equal(scale, file.Get(Large).Scales[row]);
            for (int i = row * 4099; i < (row + 1) * 4099; i++)
            {
                Assert.InRange(MathF.Abs(after[i] - before[i]), 0, 0.5001f * scale);
            }
        }
    }

    [Fact]
    public void Every_half_and_every_eight_bit_float_survives_both_ways()
    {
        float[] halves = [.. Enumerable.Range(0, 1 << 16).Select(bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits)).Where(float.IsFinite)];
        ArraySource source = new ArraySource("source").Add(Large, new Shape(8, halves.Length / 8), halves);
        using (SafetensorsFile file = SafetensorsFile.Open(Convert(source, ConversionFormat.Float16)))
        {
            Assert.Equal(halves, file.Get(Large).ToFloats());
        }

        float[] eight = [.. halves.Where(value => MathF.Abs(value) <= 448)];
        ArraySource small = new ArraySource("source").Add(Large, new Shape(1, eight.Length), eight);
        string path = Convert(small, ConversionFormat.Float8E4M3);
        using SafetensorsFile converted = SafetensorsFile.Open(path);
        float[] rounded = converted.Get(Large).ToFloats();

        // All that the format has, between two of which no half may go past the nearer one.
        float[] grid = [.. Enumerable.Range(0, 127).Select(bits => (bits >> 3) == 0 ? (bits & 7) / 512f : MathF.ScaleB(1 + ((bits & 7) / 8f), (bits >> 3) - 7))];
        for (int i = 0; i < eight.Length; i++)
        {
            float nearest = grid.Min(point => MathF.Abs(point - MathF.Abs(eight[i])));
            Assert.Equal(nearest, MathF.Abs(rounded[i] - eight[i]));
        }

        Assert.Equal(grid.Length, rounded.Select(MathF.Abs).Distinct().Count());
    }

    [Fact]
    public void What_networks_are_sensitive_to_stays_in_half_precision()
    {
        ArraySource source = new("source");
        foreach (string name in new[]
        {
            "model.diffusion_model.time_embed.0.weight", "model.diffusion_model.label_emb.0.0.weight", "model.diffusion_model.input_blocks.0.0.weight",
            "model.diffusion_model.out.2.weight", "model.control_model.input_hint_block.0.weight", "first_stage_model.decoder.conv_in.weight",
            "first_stage_model.encoder.conv_out.weight", "conditioner.embedders.1.model.token_embedding.weight", "conditioner.embedders.1.model.positional_embedding",
        })
        {
            source.AddRandom(name, 64, 64);
        }

        source.AddRandom("model.diffusion_model.middle_block.0.emb_layers.1.bias", 8192).AddRandom("model.diffusion_model.middle_block.1.proj_in.weight", 8, 8);
        source.AddRandom(Large.Replace("middle_block", "output_blocks.0", StringComparison.Ordinal), 64, 64);
        using SafetensorsFile file = SafetensorsFile.Open(Convert(source, ConversionFormat.Int8));
        Assert.Equal(source.Tensors.Count - 1, file.Tensors.Values.Count(info => info.Type == DType.Float16));
        Assert.Equal(DType.Int8, file.Tensors.Values.Last().Type);
    }

    [Fact]
    public void A_weight_that_would_lose_too_much_stays_in_half_precision_and_one_that_no_half_can_hold_in_single()
    {
        float[] outlier = new float[8192];
        Array.Fill(outlier, 0.01f);
        outlier[0] = 100;
        outlier[4096] = 100;
        float[] huge = new float[8192];
        huge[1] = 1e6f;
        ArraySource source = new ArraySource("source").Add(Large, new Shape(2, 4096), outlier)
            .Add("model.diffusion_model.out.0.bias", new Shape(8192), huge);
        string path = _folder.PathOf("out.safetensors");
        ConversionReport report = CheckpointConverter.Convert(source, path, new ConversionOptions { Format = ConversionFormat.Int8, ErrorLimit = 1e-3 });
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal([DType.Float16, DType.Float32], report.Tensors.Select(tensor => tensor.Type));
        Assert.Equal(huge, file.Get("model.diffusion_model.out.0.bias").ToFloats());
        Assert.InRange(report.Tensors[0].RelativeError, 1e-9, 5e-4);
    }

    [Fact]
    public void Names_become_full_and_what_only_training_needed_is_dropped()
    {
        ArraySource source = new ArraySource("source") { Skipped = [new SkippedTensor("steps", "I64", "[1]", 8)] }
            .AddRandom("module.control_model.input_blocks.1.0.in_layers.2.weight", 4, 4).AddRandom("control_model.mask_LQ", 1).AddRandom("optimizer.x", 2);
        ConversionReport report = CheckpointConverter.Convert(source, _folder.PathOf("out.safetensors"), new ConversionOptions { Format = ConversionFormat.Float16 });
        Assert.Equal(["model.control_model.input_blocks.1.0.in_layers.2.weight"], report.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(["steps", "control_model.mask_LQ", "optimizer.x"], report.Dropped);
    }

    [Fact]
    public void Converted_files_convert_again_without_a_further_loss()
    {
        ArraySource source = new ArraySource("source").AddRandom(Large, 64, 80);
        string first = Convert(source, ConversionFormat.Int8);
        using SafetensorsFile file = SafetensorsFile.Open(first);
        string second = _folder.PathOf("second.safetensors");
        ConversionReport same = CheckpointConverter.Convert(file, second, new ConversionOptions { Format = ConversionFormat.Int8 });
        Assert.Equal(0, same.RelativeError);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));

        ConversionReport half = CheckpointConverter.Convert(file, second, new ConversionOptions { Format = ConversionFormat.Float16 });
        Assert.InRange(half.RelativeError, 1e-6, 3e-4);
    }

    [Fact]
    public void A_cancelled_or_failed_conversion_leaves_nothing_behind()
    {
        ArraySource source = new ArraySource("source").AddRandom(Large, 64, 64).Add("model.diffusion_model.out.0.bias", new Shape(2), float.NaN, 1);
        string path = _folder.PathOf("out.safetensors");
        using CancellationTokenSource cancellation = new();
        Told progress = new(report =>
        {
            Assert.Equal((Large, 4096L, 4098L), (report.Name, report.ElementsDone, report.ElementCount));
            cancellation.Cancel();
        });
        ConversionOptions options = new() { Format = ConversionFormat.Int8 };
        Assert.Throws<OperationCanceledException>(() => CheckpointConverter.Convert(source, path, options, progress, cancellation.Token));
        string message = Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(source, path, options)).Message;
        Assert.Equal("source: the weight 'model.diffusion_model.out.0.bias' holds something that is not a finite number.", message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.PathOf("")));
        Assert.Contains("cannot be written", Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(source, _folder.PathOf("no/x"), options)).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => CheckpointConverter.Convert(new ArraySource("none"), path, options));
    }

    [Fact]
    public void A_converted_checkpoint_is_still_known_for_what_it_is()
    {
        using SafetensorsFile mini = SafetensorsFile.Open(MiniCheckpoint.Path);
        string path = _folder.PathOf("mini.safetensors");
        ConversionReport report = CheckpointConverter.Convert(mini, path, new ConversionOptions { Format = ConversionFormat.Float8E4M3 });
        using IWeightSource file = CheckpointFile.Open(path);
        CheckpointInspection inspection = CheckpointInspection.Of(file);
        Assert.Equal((CheckpointKind.SupirMini, "safetensors", 1448), (inspection.Kind, inspection.FormatName, inspection.TensorCount));
        Assert.EndsWith("of 1448 weights in fp8 (e4m3)", inspection.Quantisation, StringComparison.Ordinal);
        Assert.All(report.Tensors, tensor => Assert.Equal(file.Tensors[tensor.Name].Type, tensor.Type));
    }

    private string Convert(IWeightSource source, ConversionFormat format)
    {
        string path = _folder.PathOf($"{format}.safetensors");
        CheckpointConverter.Convert(source, path, new ConversionOptions { Format = format, ErrorLimit = 1 });
        return path;
    }

    private sealed class Told(Action<ConversionProgress> what) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => what(value);
    }
}
