using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Supir.Testing;

/// <summary>A server on this machine that speaks OpenAI's protocol of chats, as far as a captioner needs it.</summary>
public sealed class ChatServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<ChatRequest, ChatAnswer> _answer;
    private readonly ConcurrentQueue<ChatRequest> _requests = new();

    /// <summary>Starts to listen.</summary>
    /// <param name="answer">What each request is answered.</param>
    public ChatServer(Func<ChatRequest, ChatAnswer> answer)
    {
        _answer = answer;
        int port = FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        Address = $"http://127.0.0.1:{port}/v1";
        _ = Task.Run(ServeAsync);
    }

    /// <summary>A server that answers every request with a text.</summary>
    public ChatServer(string text)
        : this(_ => ChatAnswer.Of(text))
    {
    }

    /// <summary>The address for a client.</summary>
    public string Address { get; }

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<ChatRequest> Requests => [.. _requests];

    /// <summary>A port that nothing listens on.</summary>
    public static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using StreamReader reader = new(context.Request.InputStream);
            ChatRequest request = new(
                context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"],
                JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement.Clone());
            _requests.Enqueue(request);
            ChatAnswer answer = _answer(request);
            await Task.Delay(answer.Delay);
            byte[] body = Encoding.UTF8.GetBytes(answer.Body);
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has gone.
        }
    }
}

/// <summary>What a client asked.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Authorization">The header with the key.</param>
/// <param name="Body">The JSON.</param>
public sealed record ChatRequest(string Method, string Path, string? Authorization, JsonElement Body)
{
    /// <summary>The text of the one message.</summary>
    public string Question => Part("text").GetProperty("text").GetString()!;

    /// <summary>The picture of the one message, as it was sent: a data address.</summary>
    public string Picture => Part("image_url").GetProperty("image_url").GetProperty("url").GetString()!;

    private JsonElement Part(string type) =>
        Body.GetProperty("messages")[0].GetProperty("content").EnumerateArray().Single(part => part.GetProperty("type").GetString() == type);
}

/// <summary>What a client is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Delay">After how long.</param>
public sealed record ChatAnswer(int Status, string Body, TimeSpan Delay = default)
{
    /// <summary>A whole answer.</summary>
    public static ChatAnswer Of(string text) => new(200, JsonSerializer.Serialize(new
    {
        id = "1",
        @object = "chat.completion",
        created = 1,
        model = "m",
        choices = new[] { new { index = 0, finish_reason = "stop", message = new { role = "assistant", content = text } } },
        usage = new { prompt_tokens = 1, completion_tokens = 1, total_tokens = 2 },
    }));
}
