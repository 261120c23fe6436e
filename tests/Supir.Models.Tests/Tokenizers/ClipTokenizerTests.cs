using System.Diagnostics;
using System.Text.Json;
using Supir.Models.Tokenizers;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Tokenizers;

public sealed class ClipTokenizerTests
{
    // Encoding a word of this many bytes by trying every place for every join would take minutes.
    private const int LongWord = 400_000;

    public static TheoryData<string, int[], int[]> GoldenTexts()
    {
        TheoryData<string, int[], int[]> texts = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("tokens.json")));
        foreach (JsonElement text in document.RootElement.EnumerateArray())
        {
            texts.Add(
                text.GetProperty("text").GetString()!,
                text.GetProperty("clip").Deserialize<int[]>()!,
                text.GetProperty("open_clip").Deserialize<int[]>()!);
        }

        return texts;
    }

    [Theory]
    [MemberData(nameof(GoldenTexts))]
    public void Both_tokenizers_give_the_ids_of_the_reference(string text, int[] clip, int[] openClip)
    {
        Assert.Equal(clip, ClipTokenizer.HuggingFace.EncodePadded(text));
        Assert.Equal(openClip, ClipTokenizer.OpenClip.EncodePadded(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t\r\n\u00a0\u3000 ")]
    [InlineData("\ufeff\u0000\u0007")]
    public void Text_without_words_has_no_ids(string text)
    {
        Assert.Empty(ClipTokenizer.OpenClip.Encode(text));
        Assert.Equal([ClipTokenizer.StartToken, ClipTokenizer.EndToken, 0, 0], ClipTokenizer.OpenClip.EncodePadded(text, 4));
    }

    [Theory]
    [InlineData("A  Photo\n of\ta CAT ", "a photo of a cat")]
    [InlineData("the fisherman’s “nets”", "the fisherman's \"nets\"")]
    [InlineData("ﬁsh ＡＢＣ！", "fish abc!")]
    [InlineData("salt &amp; pepper", "salt & pepper")]
    [InlineData("a\u0007b\ufeffc", "abc")]
    [InlineData("İzmir", "i\u0307zmir")]
    public void Texts_that_mean_the_same_have_the_same_ids(string text, string plain)
    {
        Assert.Equal(ClipTokenizer.HuggingFace.Encode(plain), ClipTokenizer.HuggingFace.Encode(text));
        Assert.Equal(ClipTokenizer.OpenClip.Encode(plain), ClipTokenizer.OpenClip.Encode(text));
    }

    [Fact]
    public void Entities_beside_markup_are_resolved_by_open_clip_only()
    {
        Assert.Equal(ClipTokenizer.HuggingFace.Encode("<b> & amp ;"), ClipTokenizer.HuggingFace.Encode("<b> &amp;"));
        Assert.Equal(ClipTokenizer.OpenClip.Encode("<b> &"), ClipTokenizer.OpenClip.Encode("<b> &amp;"));
    }

    [Fact]
    public void Digits_stand_alone_and_contractions_are_cut_off()
    {
        Assert.Equal(Words("1 9 3 2"), Words("1932"));
        Assert.Equal([.. Words("it"), .. Words("'s"), .. Words("we"), .. Words("'ll")], Words("it's we'll"));
        Assert.Equal(2, Words("'s 's").Length);
    }

    [Theory]
    [InlineData("\ud83d")]
    [InlineData("\ude42")]
    [InlineData("\ude42\ud83d")]
    public void Lone_surrogates_become_replacement_characters(string surrogates)
    {
        string replaced = new('\ufffd', surrogates.Length);

        Assert.Equal(Words("a " + replaced + " b"), Words("a " + surrogates + " b"));
    }

    [Fact]
    public void Letters_beyond_the_basic_plane_are_letters()
    {
        // One word of two letters, not a letter and signs: the last byte alone carries the end of the word.
        Assert.NotEqual([.. Words("a"), .. Words("\U00020000")], Words("a\U00020000"));
        Assert.Equal(Words("\U00010428"), Words("\U00010400"));
    }

    [Fact]
    public void Emoji_are_known_pieces()
    {
        Assert.Equal([14860], Words("🙂"));
    }

    [Fact]
    public void The_names_of_start_and_end_are_these_tokens()
    {
        Assert.Equal([ClipTokenizer.StartToken, ClipTokenizer.EndToken], Words("<|startoftext|><|EndOfText|>"));
    }

    [Fact]
    public void A_long_text_is_cut_before_the_end_token()
    {
        string text = string.Join(' ', Enumerable.Repeat("word", 10_000));

        int[] ids = ClipTokenizer.HuggingFace.EncodePadded(text);

        Assert.Equal(ClipTokenizer.ContextLength, ids.Length);
        Assert.Equal(ClipTokenizer.EndToken, ids[^1]);
        Assert.Equal(Words("word")[0], ids[^2]);
        Assert.Equal([ClipTokenizer.StartToken, ClipTokenizer.EndToken], ClipTokenizer.HuggingFace.EncodePadded(text, 2));
    }

    [Fact]
    public void A_long_word_takes_seconds_at_most()
    {
        long start = Stopwatch.GetTimestamp();

        int[] ids = Words(new string('a', LongWord) + "b");

        Assert.True(ids.Length < LongWord / 2);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Lengths_without_room_for_start_and_end_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClipTokenizer.OpenClip.EncodePadded("a", 1));
        Assert.Throws<ArgumentNullException>(() => ClipTokenizer.OpenClip.Encode(null!));
    }

    private static int[] Words(string text) => ClipTokenizer.OpenClip.Encode(text);
}
