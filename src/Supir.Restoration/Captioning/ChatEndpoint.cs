using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Supir.Restoration.Captioning;

/// <summary>A server that speaks OpenAI's protocol: Ollama, llama.cpp's, vLLM, or OpenAI itself.</summary>
/// <param name="Address">Its address, such as <c>http://localhost:11434/v1</c>.</param>
/// <param name="Model">The model's name there.</param>
public sealed record ChatEndpoint(Uri Address, string Model)
{
    /// <summary>The environment variable with the server's key; most local servers want none.</summary>
    public const string KeyVariable = "SUPIR_CAPTIONER_KEY";

    /// <summary>The client wants a key; it is not sent.</summary>
    private const string NoKey = "none";

    /// <summary>How long an answer may take if nobody says: a large model on a processor needs minutes.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>How often a request is sent again after an error that may pass.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Reads an address and a model's name.</summary>
    /// <exception cref="OptionException">It is no address of the web, or a name is missing.</exception>
    public static ChatEndpoint Parse(string address, string? model)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new OptionException($"--captioner: must be an address such as http://localhost:11434/v1, or 'sidecar', but is '{address}'.");
        }

        return string.IsNullOrWhiteSpace(model)
            ? throw new OptionException($"--captioner_model: name the model that {uri} is to describe pictures with.")
            : new ChatEndpoint(uri, model);
    }

    /// <summary>A captioner that asks the server.</summary>
    public ChatCaptioner Open(CaptionOptions options)
    {
        string? key = Environment.GetEnvironmentVariable(KeyVariable);
        OpenAIClientOptions client = new()
        {
            Endpoint = Address,
            NetworkTimeout = Timeout,
            RetryPolicy = new ClientRetryPolicy(Retries),
        };
        if (string.IsNullOrEmpty(key))
        {
            key = NoKey;
            client.AddPolicy(new WithoutKey(), PipelinePosition.BeforeTransport);
        }

        IChatClient chat = new OpenAIClient(new ApiKeyCredential(key), client).GetChatClient(Model).AsIChatClient();
        return new ChatCaptioner(chat, $"The captioner {Address} ({Model})", options);
    }

    /// <summary>Takes the header with the key out of each request.</summary>
    private sealed class WithoutKey : PipelinePolicy
    {
        private const string Header = "Authorization";

        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Remove(Header);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Remove(Header);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
