using System.Buffers.Binary;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class BadPictureTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    public static TheoryData<string, byte[], string> Pictures => new()
    {
        { "empty", [], "empty" },
        { "text", "No picture at all.\n"u8.ToArray(), "not a picture" },
        { "cut short", Jpeg()[..400], "cut short" },
        { "without height", WithSides(Jpeg(), 64, 0), "damaged" },
        { "30,000 pixels a side", WithSides(Jpeg(), 30000, 30000), "30000 × 30000" },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_bad_picture_ends_with_3_and_one_line_and_leaves_nothing_behind(string kind, byte[] bytes, string named)
    {
        string picture = _workplace.Write("photo.jpg", bytes);

        Run run = Run.Of("restore", picture);

        Assert.True(run.ExitCode == ExitCodes.File, $"{kind}: {run}");
        AssertOneLine(run, named);
        Assert.Equal(["photo.jpg"], _workplace.Files);
    }

    [Fact]
    public void A_missing_picture_ends_with_3()
    {
        Run run = Run.Of("restore", _workplace.PathOf("nowhere.jpg"));

        Assert.Equal(ExitCodes.File, run.ExitCode);
        AssertOneLine(run, "nowhere.jpg");
        Assert.Empty(_workplace.Files);
    }

    [Theory]
    [InlineData("nowhere.jpg", "there is no such file")]
    [InlineData("text.jpg", "not a picture")]
    [InlineData("empty.jpg", "empty")]
    public void A_picture_that_is_none_is_told_before_a_model_that_is_none(string name, string named)
    {
        _workplace.Write("text.jpg", "No picture at all.\n"u8.ToArray());
        _workplace.Write("empty.jpg", []);

        Run run = Run.Of("restore", _workplace.PathOf(name), "--opt", _workplace.WriteOptions("nowhere.safetensors"));

        Assert.Equal(ExitCodes.File, run.ExitCode);
        AssertOneLine(run, $"{name}: ");
        AssertOneLine(run, named);
    }

    [Fact]
    public void A_folder_needs_a_folder_to_write_to()
    {
        Run run = Run.Of("restore", Path.GetDirectoryName(_workplace.PathOf("x"))!);

        Assert.Equal(ExitCodes.User, run.ExitCode);
        AssertOneLine(run, "--output");
    }

    [Fact]
    public void A_picture_of_one_pixel_is_a_picture()
    {
        Run run = Run.Of("restore", _workplace.WritePicture("dot.png", 1, 1), "--min_size", "64", "--edm_steps", "1");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(64, PictureFile.Load(_workplace.PathOf("dot.restored.png")).Width);
    }

    private static void AssertOneLine(Run run, string named)
    {
        string line = Assert.Single(run.ErrorLines);
        Assert.StartsWith("supir: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private static byte[] Jpeg()
    {
        byte[] pixels = [.. Enumerable.Range(0, 64 * 64 * Picture.Channels).Select(i => (byte)(i * i / 7))];
        return PictureFile.Encode(new Picture(64, 64, pixels), PictureFormat.Jpeg);
    }

    /// <summary>The same file with other sides in its frame header: FF C0, length, precision, height, width.</summary>
    private static byte[] WithSides(byte[] jpeg, ushort width, ushort height)
    {
        int header = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 7), width);
        return jpeg;
    }
}
