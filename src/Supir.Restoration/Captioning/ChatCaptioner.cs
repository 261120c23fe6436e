using System.ClientModel;
using Microsoft.Extensions.AI;
using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Asks any model that one can chat with and that sees pictures.</summary>
public sealed class ChatCaptioner : ICaptioner
{
    /// <summary>Models look at no more: larger pictures only take longer to send.</summary>
    private const int LongestSide = 1024;

    /// <summary>Requests at a time; servers line up what they cannot do at once.</summary>
    private const int Requests = 4;

    private readonly IChatClient _client;
    private readonly CaptionOptions _options;

    /// <summary>Takes over a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="description">What it is, for messages: address and model.</param>
    /// <param name="options">What it is asked.</param>
    public ChatCaptioner(IChatClient client, string description, CaptionOptions options)
    {
        _client = client;
        _options = options;
        Description = description;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int Parallelism => Requests;

    /// <inheritdoc/>
    public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        byte[] bytes = PictureFile.Encode(Shrunk(picture), PictureFormat.Jpeg);
        ChatMessage message = new(ChatRole.User, [new TextContent(_options.Question), new DataContent(bytes, "image/jpeg")]);
        ChatOptions options = new()
        {
            Temperature = (float)_options.Temperature,
            TopP = (float)_options.TopP,
            MaxOutputTokens = _options.MaxTokens,
            Seed = _options.Seed,
        };
        try
        {
            // The program is synchronous up to here, and no context waits for this thread.
            ChatResponse response = _client.GetResponseAsync([message], options, cancellationToken).GetAwaiter().GetResult();
            string caption = CaptionText.Clean(response.Text);
            words?.Report(caption);
            return caption.Length > 0 ? caption : throw new CaptionException($"{Description} answered without words; does the model see pictures?");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is not CaptionException)
        {
            throw new CaptionException($"{Description} {Explain(exception)}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Picture Shrunk(Picture picture)
    {
        int longest = Math.Max(picture.Width, picture.Height);
        return longest <= LongestSide
            ? picture
            : PillowBicubic.Resize(
                picture.OnWhite(),
                Math.Max(1, (int)Math.Round((double)picture.Width * LongestSide / longest)),
                Math.Max(1, (int)Math.Round((double)picture.Height * LongestSide / longest)));
    }

    private static string Explain(Exception exception) => exception switch
    {
        ClientResultException { Status: 401 or 403 } => $"refuses the request (HTTP {((ClientResultException)exception).Status}): put the key that it wants into {ChatEndpoint.KeyVariable}.",
        ClientResultException { Status: 404 } => "knows no such address or model (HTTP 404): the address mostly ends in /v1, and --captioner_model must be a name that the server lists.",
        ClientResultException { Status: 0 } => $"cannot be reached: {Innermost(exception).Message.TrimEnd('.')}. Is it running?",
        ClientResultException result => $"answered with an error (HTTP {result.Status}): {FirstLine(result.Message)}",
        AggregateException or HttpRequestException => $"cannot be reached: {Innermost(exception).Message.TrimEnd('.')}. Is it running?",
        OperationCanceledException or TimeoutException => "did not answer in time: --captioner_timeout gives it longer.",
        _ => $"gave an answer that cannot be read ({FirstLine(exception.Message)}): does it speak OpenAI's protocol?",
    };

    private static Exception Innermost(Exception exception) =>
        exception is AggregateException { InnerExceptions: [.., Exception last] } ? last.GetBaseException() : exception.GetBaseException();

    private static string FirstLine(string text) => CaptionText.Clean(text) is { Length: > 200 } line ? line[..200] + "…" : CaptionText.Clean(text);
}
