using System.Text.Json;
using Supir.Checkpoints;
using Supir.Models.Tokenizers;
using Supir.Testing;
using Xunit;

namespace Supir.Models.Tests.Tokenizers;

public sealed class SentencePieceTokenizerTests
{
    private const char Space = '▁';
    private static readonly string[] Marks = ["<unk>", "<s>", "</s>"];
    private static readonly byte[] ModelBytes = File.ReadAllBytes(Golden.PathOf("llava_tokenizer.model"));

    public static TheoryData<string, int[], string> GoldenTexts()
    {
        TheoryData<string, int[], string> texts = [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Golden.PathOf("llava_tokens.json")));
        foreach (JsonElement text in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            texts.Add(text.GetProperty("text").GetString()!, text.GetProperty("ids").Deserialize<int[]>()!, text.GetProperty("decoded").GetString()!);
        }

        return texts;
    }

    [Theory]
    [MemberData(nameof(GoldenTexts))]
    public void The_protocol_buffer_gives_the_ids_and_the_texts_of_SentencePiece(string text, int[] ids, string decoded)
    {
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Open(Golden.PathOf("llava_tokenizer.model"));
        Assert.Equal(ids, tokenizer.Encode(text));
        Assert.Equal(decoded, tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_vocabulary_as_json_gives_the_same_ids(bool isNewForm)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, AsJson(isNewForm));
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Open(path);
        File.Delete(path);
        Assert.Equal(1, tokenizer.StartToken);
        Assert.Equal(2, tokenizer.EndToken);
        Assert.Equal(4001, tokenizer.Count);
        foreach (object[] row in GoldenTexts())
        {
            Assert.Equal((int[])row[1], tokenizer.Encode((string)row[0]));
            Assert.Equal((string)row[2], tokenizer.Decode((int[])row[1]));
        }
    }

    [Fact]
    public void Marks_say_nothing_and_bytes_that_are_no_text_become_replacement_characters()
    {
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Open(Golden.PathOf("llava_tokenizer.model"));
        int[] cat = tokenizer.Encode("a cat");
        Assert.Equal("a cat", tokenizer.Decode([tokenizer.StartToken, .. cat, tokenizer.EndToken]));
        int lead = tokenizer.Encode("日")[1];
        Assert.Equal("a cat\uFFFD", tokenizer.Decode([.. cat, lead]));
    }

    [Fact]
    public void A_text_of_a_hundred_thousand_characters_takes_a_moment()
    {
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Open(Golden.PathOf("llava_tokenizer.model"));
        string text = string.Concat(Enumerable.Repeat("the quick brown fox ", 5_000));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void A_model_that_is_cut_anywhere_is_refused_by_name()
    {
        string path = Path.GetTempFileName();
        foreach (int length in new[] { 0, 1, 5, 100, 30_000, ModelBytes.Length - 40 })
        {
            File.WriteAllBytes(path, ModelBytes[..length]);
            CheckpointException error = Assert.Throws<CheckpointException>(() => SentencePieceTokenizer.Open(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }

        File.Delete(path);
        Assert.Throws<CheckpointException>(() => SentencePieceTokenizer.Open(path));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"model\": {\"type\": \"WordPiece\"}}")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"byte_fallback\": true, \"merges\": [], \"vocab\": {\"a\": 3}}, \"added_tokens\": []}")]
    public void A_tokenizer_of_another_kind_is_refused_by_name(string json)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, json);
        Assert.Contains(path, Assert.Throws<CheckpointException>(() => SentencePieceTokenizer.Open(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    /// <summary>The golden vocabulary as Hugging Face's converter writes it: a join for each pair of pieces whose text is a piece, the better piece first.</summary>
    private static string AsJson(bool isNewForm)
    {
        SentencePieceVocabulary vocabulary = SentencePieceFile.Read("golden", ModelBytes);
        Dictionary<string, int> ids = vocabulary.Pieces.Select((piece, id) => (piece.Text, id)).ToDictionary();
        List<object> merges = [];
        foreach (SentencePiece piece in vocabulary.Pieces.Where(piece => piece.Kind == SentencePieceKind.Normal).OrderByDescending(piece => piece.Score))
        {
            for (int cut = 1; cut < piece.Text.Length; cut++)
            {
                if (vocabulary.Find(piece.Text.AsSpan(0, cut)) >= 0 && vocabulary.Find(piece.Text.AsSpan(cut)) >= 0)
                {
                    merges.Add(isNewForm ? new[] { piece.Text[..cut], piece.Text[cut..] } : $"{piece.Text[..cut]} {piece.Text[cut..]}");
                }
            }
        }

        object[] marks = [.. Marks.Select((content, id) => new { id, content }), new { id = vocabulary.Pieces.Count, content = "<image>" }];
        object prepend = new { type = "Sequence", normalizers = new object[] { new { type = "Prepend", prepend = Space }, new { type = "Replace" } } };
        return JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["added_tokens"] = marks,
            ["normalizer"] = isNewForm ? null : prepend,
            ["pre_tokenizer"] = isNewForm ? new { type = "Metaspace", prepend_scheme = "first" } : null,
            ["model"] = new { type = "BPE", byte_fallback = true, vocab = ids, merges },
        });
    }
}
