using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Says the same of every picture.</summary>
public sealed class FixedCaptioner(string text) : ICaptioner
{
    private readonly string _text = CaptionText.Clean(text);

    /// <inheritdoc/>
    public string Description => "a fixed text";

    /// <inheritdoc/>
    public bool Looks => false;

    /// <inheritdoc/>
    public int Parallelism => Environment.ProcessorCount;

    /// <inheritdoc/>
    public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default) => _text;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
