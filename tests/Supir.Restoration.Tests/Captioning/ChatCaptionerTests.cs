using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Captioning;

/// <summary>Against a server of the protocol on this machine.</summary>
public sealed class ChatCaptionerTests
{
    private static readonly Picture Grey = new(1500, 750, [.. Enumerable.Repeat((byte)128, 1500 * 750 * 3)]);

    [Fact]
    public void The_question_the_picture_and_the_settings_are_sent_and_the_answer_is_one_line()
    {
        using ChatServer server = new("  A grey\nwall.\t Nothing  else. ");
        CaptionOptions options = new() { Question = "What is this?", Temperature = 0.5, TopP = 0.25, MaxTokens = 77 };
        using ChatCaptioner captioner = ChatEndpoint.Parse(server.Address, "seer").Open(options);

        Assert.Equal("A grey wall. Nothing else.", captioner.Describe(Grey));

        ChatRequest request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/chat/completions"), (request.Method, request.Path));
        Assert.Equal("What is this?", request.Question);
        Assert.Equal("seer", request.Body.GetProperty("model").GetString());
        Assert.Equal(0.5, request.Body.GetProperty("temperature").GetDouble(), 3);
        Assert.Equal(0.25, request.Body.GetProperty("top_p").GetDouble(), 3);
        Assert.Contains("77", request.Body.GetRawText(), StringComparison.Ordinal);
        const string Start = "data:image/jpeg;base64,";
        Assert.StartsWith(Start, request.Picture, StringComparison.Ordinal);
        Picture sent = PictureFile.Decode(Convert.FromBase64String(request.Picture[Start.Length..]), "sent");
        Assert.Equal((1024, 512), (sent.Width, sent.Height));
    }

    [Fact]
    public void A_key_is_sent_where_one_is_named_and_none_otherwise()
    {
        using ChatServer server = new("A grey wall.");
        string? before = Environment.GetEnvironmentVariable(ChatEndpoint.KeyVariable);
        try
        {
            foreach (string? key in new[] { "of the house", null, "" })
            {
                Environment.SetEnvironmentVariable(ChatEndpoint.KeyVariable, key);
                using ChatCaptioner captioner = Open(server);
                captioner.Describe(Grey);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(ChatEndpoint.KeyVariable, before);
        }

        Assert.Equal(["Bearer of the house", null, null], server.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public void What_a_model_thought_is_left_out()
    {
        using ChatServer server = new("<think>Is it grey?\nYes.</think>\nA grey wall.");
        using ChatCaptioner captioner = Open(server);
        Assert.Equal("A grey wall.", captioner.Describe(Grey));
    }

    [Fact]
    public void An_error_that_passes_is_survived()
    {
        int count = 0;
        using ChatServer server = new(_ => Interlocked.Increment(ref count) < 2 ? new ChatAnswer(503, "{}") : ChatAnswer.Of("At last."));
        using ChatCaptioner captioner = Open(server);
        Assert.Equal("At last.", captioner.Describe(Grey));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(401, "{}", "SUPIR_CAPTIONER_KEY")]
    [InlineData(404, "{\"error\": {\"message\": \"model 'seer' not found\"}}", "--captioner_model")]
    [InlineData(400, "{\"error\": {\"message\": \"no pictures\"}}", "HTTP 400")]
    [InlineData(200, "<html>", "OpenAI's protocol")]
    [InlineData(200, "", "OpenAI's protocol")]
    public void An_answer_that_is_none_is_explained(int status, string body, string expected)
    {
        using ChatServer server = new(_ => new ChatAnswer(status, body));
        using ChatCaptioner captioner = Open(server);
        CaptionException error = Assert.Throws<CaptionException>(() => captioner.Describe(Grey));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address, error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void An_answer_without_words_is_no_caption()
    {
        using ChatServer server = new(" \n ");
        using ChatCaptioner captioner = Open(server);
        Assert.Contains("without words", Assert.Throws<CaptionException>(() => captioner.Describe(Grey)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_named()
    {
        string address = $"http://127.0.0.1:{ChatServer.FreePort()}/v1";
        using ChatCaptioner captioner = (ChatEndpoint.Parse(address, "seer") with { Retries = 0 }).Open(new CaptionOptions());
        CaptionException error = Assert.Throws<CaptionException>(() => captioner.Describe(Grey));
        Assert.Contains(address, error.Message, StringComparison.Ordinal);
        Assert.Contains("Is it running?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_not_waited_for_for_ever()
    {
        using ChatServer server = new(_ => ChatAnswer.Of("Too late.") with { Delay = TimeSpan.FromSeconds(20) });
        using ChatCaptioner captioner = (ChatEndpoint.Parse(server.Address, "seer") with { Timeout = TimeSpan.FromSeconds(0.3), Retries = 0 }).Open(new CaptionOptions());
        Assert.Contains("--captioner_timeout", Assert.Throws<CaptionException>(() => captioner.Describe(Grey)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_request_is_no_failed_caption()
    {
        using ChatServer server = new(_ => ChatAnswer.Of("Too late.") with { Delay = TimeSpan.FromSeconds(20) });
        using ChatCaptioner captioner = Open(server);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(0.2));
        Assert.ThrowsAny<OperationCanceledException>(() => captioner.Describe(Grey, cancellationToken: stop.Token));
    }

    [Theory]
    [InlineData("localhost:11434", "m")]
    [InlineData("file:///etc/passwd", "m")]
    [InlineData("http://localhost/v1", null)]
    [InlineData("http://localhost/v1", " ")]
    public void An_address_that_is_none_or_a_missing_model_is_refused(string address, string? model) =>
        Assert.Throws<OptionException>(() => ChatEndpoint.Parse(address, model));

    [Fact]
    public void The_same_picture_is_asked_about_once()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("supir-captions-");
        using ChatServer server = new("A grey wall.");
        CaptionOptions options = new();
        using CachedCaptioner captioner = new(Open(server), options, new CaptionCache(Path.Combine(folder.FullName, "not", "yet")));
        Assert.Equal("A grey wall.", captioner.Describe(Grey));
        Assert.Equal("A grey wall.", captioner.Describe(Grey));
        Assert.Single(server.Requests);
        captioner.Describe(new Picture(1, 1, [1, 2, 3]));
        Assert.Equal(2, server.Requests.Count);
        folder.Delete(recursive: true);
    }

    private static ChatCaptioner Open(ChatServer server) => ChatEndpoint.Parse(server.Address, "seer").Open(new CaptionOptions());
}
