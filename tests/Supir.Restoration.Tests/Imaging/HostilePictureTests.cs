using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public sealed class HostilePictureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("supir-pictures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_is_named()
    {
        AssertRefused(Path.Combine(_folder, "none.jpg"), "no such file");
        AssertRefused(Path.Combine(_folder, "no-folder", "none.jpg"), "");
    }

    [Fact]
    public void A_folder_is_not_a_picture() => AssertRefused(_folder, "folder");

    [Fact]
    public void An_endless_device_is_not_read()
    {
        if (OperatingSystem.IsLinux())
        {
            AssertRefused("/dev/zero", "0 bytes");
        }
    }

    [Fact]
    public void An_empty_file_is_refused() => AssertRefused(Write("empty.png", []), "0 bytes");

    [Theory]
    [InlineData("letter.jpg", "Dear Sir or Madam")]
    [InlineData("script.png", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>")]
    [InlineData("document.jpg", "%PDF-1.4\n%%EOF")]
    [InlineData("image.jpg", "P3 1 1 255 1 2 3\n")]
    [InlineData("short.jpg", "x")]
    public void Only_pictures_get_to_a_decoder_whatever_they_are_called(string name, string content) =>
        AssertRefused(Write(name, System.Text.Encoding.ASCII.GetBytes(content)), "not a picture that can be read");

    [Theory]
    [InlineData(PictureFormat.Jpeg)]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.WebP)]
    [InlineData(PictureFormat.Tiff)]
    public void A_file_cut_short_is_refused_wherever_it_was_cut(PictureFormat format)
    {
        byte[] whole = PictureFile.Encode(TestPictures.Noise(200, 150), format);
        foreach (double part in (ReadOnlySpan<double>)[0.02, 0.3, 0.5, 0.9, 0.97])
        {
            AssertRefused(Write("cut.bin", whole[..(int)(whole.Length * part)]), "");
        }
    }

    [Theory]
    [InlineData(30_000, 30_000, "30000 × 30000")]
    [InlineData(2_000_000_000, 2_000_000_000, "")]
    [InlineData(0, 0, "")]
    [InlineData(0, 10, "")]
    public void A_header_that_claims_too_much_or_nothing_is_refused_before_decoding(int width, int height, string problem) =>
        AssertRefused(Write("bomb.png", EncodedPictures.PngClaiming(width, height)), problem);

    [Fact]
    public void Limits_are_the_callers()
    {
        string path = Write("small.png", PictureFile.Encode(TestPictures.Noise(20, 10), PictureFormat.Png));

        Assert.Equal(20, PictureFile.Load(path, new PictureLimits { MaxPixels = 200 }).Width);
        AssertRefused(path, "between 1 and 199 are allowed", new PictureLimits { MaxPixels = 199 });
        AssertRefused(path, "at most 100 are allowed", new PictureLimits { MaxFileBytes = 100 });
    }

    [Fact]
    public void Damage_in_the_middle_never_crashes()
    {
        foreach (PictureFormat format in (ReadOnlySpan<PictureFormat>)[PictureFormat.Jpeg, PictureFormat.Png, PictureFormat.WebP, PictureFormat.Tiff])
        {
            byte[] whole = PictureFile.Encode(TestPictures.Gradient(64, 64), format);
            Random random = new(7);
            for (int round = 0; round < 60; round++)
            {
                byte[] damaged = [.. whole];
                for (int i = 0; i < 4; i++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                // Either a picture or one clear refusal; any other exception fails the test.
                Exception? exception = Record.Exception(() => PictureFile.Decode(damaged, "damaged", new PictureLimits { MaxPixels = 1_000_000 }));
                Assert.True(exception is null or PictureException, exception?.ToString());
            }
        }
    }

    [Fact]
    public void A_broken_profile_is_ignored()
    {
        byte[] png = PictureFile.Encode(TestPictures.Gradient(8, 8), PictureFormat.Png);
        byte[] tagged = EncodedPictures.WithProfile(png, new byte[200]);

        Assert.Equal(TestPictures.Gradient(8, 8).Pixels.ToArray(), PictureFile.Decode(tagged, "made").Pixels.ToArray());
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static void AssertRefused(string path, string problem, PictureLimits? limits = null)
    {
        PictureException exception = Assert.Throws<PictureException>(() => PictureFile.Load(path, limits));

        Assert.Equal(path, exception.Picture);
        Assert.StartsWith(path + ": ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
