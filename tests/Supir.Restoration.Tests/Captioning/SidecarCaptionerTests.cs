using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

public sealed class SidecarCaptionerTests : IDisposable
{
    private static readonly Picture Any = new(1, 1, [1, 2, 3]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("supir-sidecar-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_written_beside_a_picture_is_read_as_one_line()
    {
        using SidecarCaptioner captioner = new();
        string picture = Path.Combine(_folder.FullName, "a.b.jpg");
        SidecarCaptioner.Write(picture, "A wall.");
        Assert.Equal("A wall.", captioner.Describe(Any, picture));
        Assert.Equal(["a.b.txt"], _folder.EnumerateFiles().Select(file => file.Name));

        File.WriteAllText(SidecarCaptioner.PathOf(picture), "A wall,\r\n  grey\u0007.\n");
        Assert.Equal("A wall, grey.", captioner.Describe(Any, picture));
    }

    [Fact]
    public void A_missing_or_empty_text_is_named()
    {
        using SidecarCaptioner captioner = new();
        string picture = Path.Combine(_folder.FullName, "a.jpg");
        Assert.Contains("a.txt", Assert.Throws<CaptionException>(() => captioner.Describe(Any, picture)).Message, StringComparison.Ordinal);
        SidecarCaptioner.Write(picture, " ");
        Assert.Contains("is empty", Assert.Throws<CaptionException>(() => captioner.Describe(Any, picture)).Message, StringComparison.Ordinal);
        Assert.Throws<CaptionException>(() => captioner.Describe(Any));
    }
}
