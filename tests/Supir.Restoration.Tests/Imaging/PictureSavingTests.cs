using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public sealed class PictureSavingTests : IDisposable
{
    private static readonly Picture Gradient = TestPictures.Gradient(30, 20);

    private readonly string _folder = Directory.CreateTempSubdirectory("supir-saving-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("out.png", PictureFormat.Png)]
    [InlineData("out.JPG", PictureFormat.Jpeg)]
    [InlineData("out.jpeg", PictureFormat.Jpeg)]
    [InlineData("out.webp", PictureFormat.WebP)]
    [InlineData("ünï cödé.tif", PictureFormat.Tiff)]
    [InlineData("out.tiff", PictureFormat.Tiff)]
    public void The_extension_names_the_format_and_nothing_else_is_left(string name, PictureFormat format)
    {
        string path = Path.Combine(_folder, name);

        PictureFile.RequireWritable(path);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        PictureFile.Save(Gradient, path);

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        Assert.Equal(format, PictureFile.Load(path).Format);
    }

    [Fact]
    public void An_older_file_is_replaced()
    {
        string path = Path.Combine(_folder, "out.png");
        PictureFile.Save(TestPictures.Noise(5, 5), path);

        PictureFile.Save(Gradient, path);

        Assert.Equal(30, PictureFile.Load(path).Width);
    }

    [Theory]
    [InlineData("out.bmp", ".png")]
    [InlineData("out", ".png")]
    [InlineData("no-such-folder/out.png", "no folder")]
    [InlineData("file.txt/out.png", "no folder")]
    [InlineData("folder.png", "folder")]
    public void A_place_that_cannot_be_written_is_named_early_and_when_saving(string name, string problem)
    {
        File.WriteAllText(Path.Combine(_folder, "file.txt"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "folder.png"));
        string path = Path.Combine(_folder, name);

        foreach (Action action in (Action[])[() => PictureFile.RequireWritable(path), () => PictureFile.Save(Gradient, path)])
        {
            OptionException exception = Assert.Throws<OptionException>(action);
            Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void A_folder_that_refuses_files_is_named()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("/proc/out.png", Assert.Throws<OptionException>(() => PictureFile.RequireWritable("/proc/out.png")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_failure_while_saving_leaves_the_older_file_and_no_other()
    {
        string path = Path.Combine(_folder, "out.webp");
        PictureFile.Save(Gradient, path);
        byte[] before = File.ReadAllBytes(path);

        OptionException exception = Assert.Throws<OptionException>(() => PictureFile.Save(TestPictures.Noise(16_384, 1), path));

        Assert.Contains("16383", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Quality_is_followed_and_checked()
    {
        Picture noise = TestPictures.Noise(64, 64);

        int good = PictureFile.Encode(noise, PictureFormat.Jpeg).Length;
        int poor = PictureFile.Encode(noise, PictureFormat.Jpeg, new SaveOptions { Quality = 20 }).Length;

        Assert.True(poor < good / 2, $"{poor} of {good} bytes");
        Assert.Throws<OptionException>(() => PictureFile.Encode(noise, PictureFormat.Jpeg, new SaveOptions { Quality = 0 }));
    }
}
