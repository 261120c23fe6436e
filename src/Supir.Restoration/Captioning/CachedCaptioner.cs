using Supir.Restoration.Imaging;

namespace Supir.Restoration.Captioning;

/// <summary>Asks another captioner only for pictures that it has not been asked for.</summary>
public sealed class CachedCaptioner(ICaptioner captioner, CaptionOptions options, CaptionCache cache) : ICaptioner
{
    /// <inheritdoc/>
    public string Description => captioner.Description;

    /// <inheritdoc/>
    public int Parallelism => captioner.Parallelism;

    /// <inheritdoc/>
    public long HeldBytes => captioner.HeldBytes;

    /// <inheritdoc/>
    public string Describe(Picture picture, string? path = null, IProgress<string>? words = null, CancellationToken cancellationToken = default)
    {
        string key = CaptionCache.KeyOf(picture, captioner.Description, options);
        if (cache.Find(key) is string known)
        {
            words?.Report(known);
            return known;
        }

        string caption = captioner.Describe(picture, path, words, cancellationToken);
        cache.Keep(key, caption);
        return caption;
    }

    /// <inheritdoc/>
    public void Release() => captioner.Release();

    /// <inheritdoc/>
    public void Dispose() => captioner.Dispose();
}
