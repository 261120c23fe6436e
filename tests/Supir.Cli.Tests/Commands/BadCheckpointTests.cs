using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class BadCheckpointTests : IDisposable
{
    private const string Weight = "first_stage_model.quant_conv.bias";

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    public static TheoryData<string, string, string> Headers => new()
    {
        { "not JSON", "{", "safetensors" },
        { "outside the file", Entry(Weight, "[4]", 0, 16).Replace("16]", "99]", StringComparison.Ordinal), Weight },
        { "another size than the shape's", Entry(Weight, "[5]", 0, 16), Weight },
        { "overlapping", $"{Entry(Weight, "[4]", 0, 16)[..^1]},{Entry("b", "[3]", 4, 16)[1..]}", "overlaps" },
        { "a missing tensor", Entry("first_stage_model.other", "[4]", 0, 16), "has no weight" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_lying_checkpoint_ends_with_3_and_one_line_that_names_it(string kind, string header, string named)
    {
        string picture = _workplace.WritePicture("a.png");
        _workplace.Write("bad.safetensors", Safetensors(Encoding.UTF8.GetBytes(header), dataBytes: 16));
        string options = _workplace.WriteOptions("bad.safetensors");

        Run run = Run.Of("restore", picture, "--opt", options);

        Assert.True(run.ExitCode == ExitCodes.File, $"{kind}: {run}");
        string line = Assert.Single(run.ErrorLines);
        Assert.Contains("bad.safetensors", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Equal(["a.png", "bad.safetensors", "options.yaml"], _workplace.Files);
    }

    [Fact]
    public void A_missing_checkpoint_ends_with_3_and_its_name()
    {
        Run run = Run.Of("restore", _workplace.WritePicture("a.png"), "--opt", _workplace.WriteOptions("nowhere.safetensors"));

        Assert.Equal(ExitCodes.File, run.ExitCode);
        Assert.Contains(_workplace.PathOf("nowhere.safetensors"), Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_other_sizes_is_refused_by_the_first_tensor_that_does_not_fit()
    {
        string options = _workplace.WriteOptions(Workplace.CloneFile("models", "supir-mini.safetensors"));
        string text = File.ReadAllText(options);
        File.WriteAllText(options, text.Replace("num_res_blocks: 2\n          attn", "num_res_blocks: 3\n          attn", StringComparison.Ordinal));
        Assert.NotEqual(text, File.ReadAllText(options));

        Run run = Run.Of("restore", _workplace.WritePicture("a.png"), "--opt", options);

        Assert.Equal(ExitCodes.File, run.ExitCode);
        Assert.Contains("first_stage_model.", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Inspecting_a_bad_file_ends_with_3(bool hugeHeader)
    {
        byte[] bytes = hugeHeader ? [255, 255, 255, 255, 255, 255, 255, 127, 0] : "version https://git-lfs.github.com/spec/v1\n"u8.ToArray();

        Run run = Run.Of("inspect", _workplace.Write("bad.safetensors", bytes));

        Assert.Equal(ExitCodes.File, run.ExitCode);
        Assert.Contains("bad.safetensors", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private static string Entry(string name, string shape, int begin, int end) =>
        $$$"""{"{{{name}}}":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[{{{begin}}},{{{end}}}]}}""";

    private static byte[] Safetensors(byte[] header, int dataBytes)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. new byte[dataBytes]];
    }
}
