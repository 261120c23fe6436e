using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Supir.Checkpoints;
using Supir.Checkpoints.Conversion;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

/// <summary>The tiny LLaVA of the goldens, converted.</summary>
public sealed class LlavaConverterTests : IDisposable
{
    private static readonly CaptionOptions Greedy = new() { Temperature = 0, MaxTokens = 12 };

    private static readonly Lazy<Picture> Photo = new(() => PictureFile.Load(Golden.PathOf("input_96.png")));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("supir-converted-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ConversionFormat.Int4, WeightPrecision.FourBit, "4 bits", 0.75)]
    [InlineData(ConversionFormat.Int8, WeightPrecision.EightBit, "8 bits", 0.78)]
    public void A_converted_folder_says_the_same_takes_as_much_memory_and_less_room(ConversionFormat format, WeightPrecision precision, string bits, double share)
    {
        using TinyLlava source = new(name => name);
        string target = PathOf("converted");
        ConversionReport report = LlavaConverter.Convert(source.Folder, null, target, format);

        Assert.Equal((target, new FileInfo(Path.Combine(target, "model.safetensors")).Length), (report.Path, report.FileBytes));
        Assert.InRange(report.FileBytes, 1, share * new FileInfo(Path.Combine(source.Folder, "model.safetensors")).Length);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.model"], Directory.EnumerateFiles(target).Select(Path.GetFileName).Order());
        Assert.Equal(Describe(source.Folder, precision, out _, out long expected), Describe(target, precision, out string description, out long bytes));
        Assert.Equal(expected, bytes);
        Assert.EndsWith(bits, description, StringComparison.Ordinal);
        Assert.Equal(["converted"], Names());
    }

    [Fact]
    public void The_original_repositorys_torch_shards_with_CLIP_apart_become_one_folder_that_says_the_same()
    {
        using TinyLlava source = new(TinyLlava.OriginalName, TinyLlava.ClipName);
        source.AsTorchShards();
        LlavaConverter.Convert(source.Folder, source.ClipFolder, PathOf("four"), ConversionFormat.Int4);
        using TinyLlava whole = new(name => name);
        LlavaConverter.Convert(whole.Folder, null, PathOf("whole"), ConversionFormat.Int4);

        // The order of tensors may differ; what they say may not.
        Assert.Equal(Describe(whole.Folder, WeightPrecision.FourBit, out _, out _), Describe(PathOf("four"), WeightPrecision.FourBit, out _, out _));
        using SafetensorsFile four = SafetensorsFile.Open(Path.Combine(PathOf("four"), "model.safetensors"));
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(PathOf("whole"), "model.safetensors"));
        Assert.Equal(expected.Tensors.Values.Select(info => (info.Name, info.Type, info.ShapeText)).Order(), four.Tensors.Values.Select(info => (info.Name, info.Type, info.ShapeText)).Order());
    }

    [Fact]
    public void Converting_twice_writes_the_same_bytes_and_what_was_converted_is_refused()
    {
        using TinyLlava source = new(name => name);
        LlavaConverter.Convert(source.Folder, null, PathOf("a"), ConversionFormat.Int4);
        LlavaConverter.Convert(source.Folder, null, PathOf("b") + Path.DirectorySeparatorChar, ConversionFormat.Int4);
        Assert.Equal(File.ReadAllBytes(Path.Combine(PathOf("a"), "model.safetensors")), File.ReadAllBytes(Path.Combine(PathOf("b"), "model.safetensors")));
        string message = Assert.Throws<CheckpointException>(() => LlavaConverter.Convert(PathOf("a"), null, PathOf("c"), ConversionFormat.Int8)).Message;
        Assert.Contains("was converted before", message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Names());
    }

    [Fact]
    public void A_folder_that_is_there_or_cannot_be_is_refused_before_anything_is_written()
    {
        using TinyLlava source = new(name => name);
        File.WriteAllText(PathOf("there"), "");
        foreach ((string name, string reason) in new[]
        {
            ("there", "exists, and is not overwritten"), ("llava.safetensors", "leave '.safetensors' out"), (Path.Combine("no", "where"), "there is no folder"),
        })
        {
            string message = Assert.Throws<OptionException>(() => LlavaConverter.Convert(source.Folder, null, PathOf(name), ConversionFormat.Int4)).Message;
            Assert.StartsWith("--output: ", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }

        Assert.Equal(["there"], Names());
    }

    [Fact]
    public void Nothing_is_left_of_a_conversion_that_was_stopped_or_failed()
    {
        using TinyLlava source = new(name => name);
        using CancellationTokenSource stop = new();
        Told progress = new(report =>
        {
            Assert.Single(Names());
            stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => LlavaConverter.Convert(source.Folder, null, PathOf("x"), ConversionFormat.Int4, progress, stop.Token));
        Assert.Empty(Names());

        using TinyLlava blind = new(TinyLlava.OriginalName);
        Assert.Contains("--llava_clip", Assert.Throws<CheckpointException>(() => LlavaConverter.Convert(blind.Folder, null, PathOf("x"), ConversionFormat.Int4)).Message, StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_damaged_folder_is_refused_by_the_weight_that_is_wrong()
    {
        const string Damaged = "language_model.model.layers.1.self_attn.k_proj.weight";
        using TinyLlava source = new(name => name);
        LlavaConverter.Convert(source.Folder, null, PathOf("four"), ConversionFormat.Int4);
        string file = Path.Combine(PathOf("four"), "model.safetensors");
        byte[] whole = File.ReadAllBytes(file);

        // The factors under another name; then one that is no number; then the end cut off.
        string withoutScales = Encoding.Latin1.GetString(whole).Replace($"{Damaged}.scale", $"{Damaged}.scalx", StringComparison.Ordinal);
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(withoutScales));
        Assert.Contains($"it needs scales '{Damaged}.scale' of type F16 and shape [128, 2], but there are none", Refusal<CheckpointException>(), StringComparison.Ordinal);

        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        using JsonDocument header = JsonDocument.Parse(whole.AsMemory(sizeof(long), headerLength));
        int place = sizeof(long) + headerLength + header.RootElement.GetProperty($"{Damaged}.scale").GetProperty("data_offsets")[0].GetInt32();
        byte[] notANumber = [.. whole];
        BinaryPrimitives.WriteHalfLittleEndian(notANumber.AsSpan(place), Half.NaN);
        File.WriteAllBytes(file, notANumber);
        Assert.Contains("layers.1.self_attn", Refusal<InvalidDataException>(), StringComparison.Ordinal);

        File.WriteAllBytes(file, whole[..^1]);
        Assert.Contains("is damaged or cut off", Refusal<CheckpointException>(), StringComparison.Ordinal);

        string Refusal<T>()
            where T : Exception => Assert.Throws<T>(() => Describe(PathOf("four"), WeightPrecision.FourBit, out _, out _)).Message;
    }

    [Fact]
    public void Too_little_memory_for_eight_bits_is_told_with_how_to_get_four()
    {
        using TinyLlava source = new(name => name);
        LlavaConverter.Convert(source.Folder, null, PathOf("eight"), ConversionFormat.Int8);
        using CpuBackend backend = new(1);
        using LlavaCaptioner captioner = new(new LlavaOptions(PathOf("eight")) { MemoryLimit = 1_000_000 }, Greedy, backend);
        Assert.Contains("supir convert --type int4", Assert.Throws<DeviceMemoryException>(() => captioner.Describe(Photo.Value)).Message, StringComparison.Ordinal);
    }

    private static string Describe(string folder, WeightPrecision precision, out string description, out long weightBytes)
    {
        using CpuBackend backend = new(2);
        using LlavaCaptioner captioner = new(new LlavaOptions(folder) { ClipPath = null, Precision = precision }, Greedy, backend);
        string caption = captioner.Describe(Photo.Value);
        Assert.NotEmpty(caption);
        description = captioner.Description;
        weightBytes = backend.WeightBytes;
        return caption;
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder.FullName).Select(path => Path.GetFileName(path)).Order()];

    private sealed class Told(Action<ConversionProgress> what) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => what(value);
    }
}
