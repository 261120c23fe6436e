using Supir.Restoration.Captioning;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

public sealed class CaptionSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("supir-captions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_text_for_all_counts_before_a_list_and_a_list_before_the_text_beside_the_picture()
    {
        Write("a.txt", " beside\r\nthe  picture\n");
        Write("b.txt", "beside b");
        string list = Write("captions.csv", "a.jpg,listed\n");

        Assert.Equal("given", CaptionSource.Open("given", list).For(PathOf("a.jpg")));
        Assert.Equal("", CaptionSource.Open("", list).For(PathOf("a.jpg")));
        Assert.Equal("listed", CaptionSource.Open(null, list).For(PathOf("a.jpg")));
        Assert.Equal("beside b", CaptionSource.Open(null, list).For(PathOf("b.jpg")));
        Assert.Equal("beside the picture", CaptionSource.Open(null, null).For(PathOf("a.jpg")));
        Assert.Null(CaptionSource.Open(null, list).For(PathOf("c.jpg")));
    }

    [Fact]
    public void A_text_beside_the_picture_may_keep_its_extension()
    {
        Write("a.jpg.txt", "one");

        Assert.Equal("one", CaptionSource.Open(null, null).For(PathOf("a.jpg")));
        Assert.Null(CaptionSource.Open(null, null).For(PathOf("a.jpg.txt")));
    }

    [Fact]
    public void A_long_text_beside_the_picture_is_no_caption()
    {
        Write("a.txt", new string('x', 70_000));

        Assert.Contains("a.txt has more than", Assert.Throws<OptionException>(() => CaptionSource.Open(null, null).For(PathOf("a.jpg"))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> EveryForm =>
    [
        "a.jpg,\"a \"\"red\"\" bird, sitting\"\r\nsub/b.png,grey\r\n",
        "a,\"a \"\"red\"\" bird, sitting\"\nsub\\b.png,grey",
        "prompt,seed,file_name\n\"a \"\"red\"\" bird, sitting\",1,a.jpg\n\ngrey,2,./sub/b.png\n",
        """{"a.jpg": "a \"red\" bird, sitting", "sub/b.png": "grey"}""",
        """[{"file": "a.jpg", "caption": "a \"red\" bird, sitting"}, {"Image": "b", "text": "grey", "more": 1}]""",
        """
        {"file_name": "a.jpg", "text": "a \"red\" bird, sitting"}
        {"file_name": "sub/b.png", "text": "grey"}
        """,
    ];

    [Theory, MemberData(nameof(EveryForm))]
    public void A_list_comes_in_every_form_that_is_usual(string text)
    {
        CaptionSource captions = CaptionSource.Open(null, Write("list", text));

        Assert.Equal("a \"red\" bird, sitting", captions.For(PathOf("a.jpg")));
        Assert.Equal("grey", captions.For(PathOf("sub/b.png")));
        Assert.Null(captions.For(PathOf("c.png")));
    }

    [Fact]
    public void A_quoted_caption_may_have_lines_and_faults_are_counted_past_them()
    {
        Assert.Equal("one\ntwo", CaptionSource.Open(null, Write("a.csv", "a.jpg,\"one\ntwo\"\n")).For(PathOf("a.jpg")));
        Refuse("a.jpg,\"one\ntwo\"\nb.jpg\n", "entry 3: a picture and its caption");
    }

    [Theory]
    [InlineData("", "has none")]
    [InlineData("\n\n", "has none")]
    [InlineData("file,caption\n", "has none")]
    [InlineData("a.jpg\n", "entry 1: a picture and its caption")]
    [InlineData("a.jpg,red, green", "entry 1: two fields")]
    [InlineData("a.jpg,red\n./a.jpg,blue\n", "entry 2: 'a.jpg' stands there twice")]
    [InlineData("a.jpg,\"red\n", "line 1: a quote is opened")]
    [InlineData("a.jpg,\"red\"x\n", "line 1: something follows")]
    [InlineData("{\"a.jpg\": 1}", "a text was expected but there is 1")]
    [InlineData("{\"a.jpg\": ", "starts like JSON")]
    [InlineData("[\"a.jpg\"]", "entry 1: an object with file")]
    [InlineData("[{\"file\": \"a.jpg\"}]", "entry 1: an object with file")]
    public void What_is_no_list_is_refused_with_its_place(string text, string told) => Refuse(text, told);

    [Fact]
    public void A_missing_list_is_named()
    {
        Assert.Contains("'no-such.csv'", Assert.Throws<OptionException>(() => CaptionSource.Open(null, "no-such.csv")).Message, StringComparison.Ordinal);
    }

    private void Refuse(string text, string told)
    {
        string list = Write("bad", text);

        OptionException fault = Assert.Throws<OptionException>(() => CaptionSource.Open(null, list));

        Assert.Contains(list, fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }
}
