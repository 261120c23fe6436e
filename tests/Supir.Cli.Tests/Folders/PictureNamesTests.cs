using Supir.Cli.Folders;
using Xunit;

namespace Supir.Cli.Tests.Folders;

public sealed class PictureNamesTests
{
    [Fact]
    public void A_restored_picture_keeps_its_name_and_gets_the_new_extension()
    {
        Assert.Equal("a/b.webp", PictureNames.Outputs(["a/b.jpg"], ".webp")["a/b.jpg"]);
    }

    [Fact]
    public void No_two_pictures_get_one_name()
    {
        string[] names = ["a.jpg", "a.png", "a.jpg.webp", "A.tif", "b/a.jpg", "c.jpg", "c.jpg.png", "c.png"];

        IReadOnlyDictionary<string, string> outputs = PictureNames.Outputs(names, ".png");

        Assert.Equal(names.Length, outputs.Values.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("a.jpg.png", outputs["a.jpg"]);
        Assert.Equal("a.png.png", outputs["a.png"]);
        Assert.Equal("a.jpg.webp.png", outputs["a.jpg.webp"]);
        Assert.Equal("b/a.png", outputs["b/a.jpg"]);
    }

    [Theory]
    [InlineData("x/a.JPG", true)]
    [InlineData("x/a.jxl", true)]
    [InlineData("x/a.txt", false)]
    [InlineData("x/jpg", false)]
    public void The_extension_says_whether_it_is_a_picture(string name, bool isPicture) => Assert.Equal(isPicture, PictureNames.IsPicture(name));

    [Theory]
    [InlineData("x/a.jpg", null, true)]
    [InlineData("x/a.jpg", "*.JPG", true)]
    [InlineData("x/a.jpg", "a?.jpg", false)]
    [InlineData("x/a.jpg", "x/*", true)]
    [InlineData("x/a.jpg", "y/*", false)]
    public void A_pattern_is_of_the_name_or_with_a_slash_of_the_path(string name, string? pattern, bool matches) =>
        Assert.Equal(matches, PictureNames.Matches(name, pattern));
}
