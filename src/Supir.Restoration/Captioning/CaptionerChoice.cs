using Supir.Engine;

namespace Supir.Restoration.Captioning;

/// <summary>Which captioner a run uses, if any; what a command line or a service was told.</summary>
public sealed record CaptionerChoice
{
    /// <summary>None: pictures have the caption that they are given.</summary>
    public static CaptionerChoice None { get; } = new();

    /// <summary>What captioners are asked.</summary>
    public CaptionOptions Options { get; init; } = new();

    /// <summary>LLaVA in the engine.</summary>
    public LlavaOptions? Llava { get; init; }

    /// <summary>A server.</summary>
    public ChatEndpoint? Endpoint { get; init; }

    /// <summary>Whether captions lie in text files beside the pictures.</summary>
    public bool IsSidecar { get; init; }

    /// <summary>One caption for all pictures.</summary>
    public string? Text { get; init; }

    /// <summary>Whether each tile of a tiled sampler gets a caption of its own.</summary>
    public bool IsPerTile { get; init; }

    /// <summary>The device for LLaVA, as <c>--device</c> names devices; <c>null</c> for the restoration's.</summary>
    public string? Device { get; init; }

    /// <summary>Where captions are kept; <c>null</c> for nowhere.</summary>
    public CaptionCache? Cache { get; init; } = CaptionCache.OfThisUser();

    /// <summary>Opens the captioner, or gives <c>null</c> where there is none. Named files are looked at; nothing is loaded.</summary>
    /// <param name="backend">The device for LLaVA, which only that needs; it stays the caller's.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file of LLaVA is missing, damaged, or of another model.</exception>
    public ICaptioner? Open(IBackend? backend)
    {
        ICaptioner? captioner = Text is not null ? new FixedCaptioner(Text)
            : IsSidecar ? new SidecarCaptioner()
            : Endpoint is not null ? Endpoint.Open(Options)
            : Llava is not null ? new LlavaCaptioner(Llava, Options, backend ?? throw new ArgumentNullException(nameof(backend)))
            : null;
        return captioner is ChatCaptioner or LlavaCaptioner && Cache is not null ? new CachedCaptioner(captioner, Options, Cache) : captioner;
    }
}
