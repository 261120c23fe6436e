using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Server.Jobs;

/// <summary>Decodes and encodes pictures for requests, a few at a time: their memory is bounded whatever the number of clients.</summary>
internal sealed class PictureGate(ServerOptions options) : IDisposable
{
    private const int ThumbnailSide = 320;
    private const int ThumbnailQuality = 80;
    private static readonly int Places = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim _places = new(Places, Places);
    private readonly PictureLimits _limits = new() { MaxFileBytes = options.MaxUploadBytes, MaxPixels = options.MaxPixels };

    /// <summary>Reads a picture that came from outside: upright, but for the reference's mode, which takes its pixels as they are stored.</summary>
    /// <exception cref="PictureException">It is no picture, or too large.</exception>
    public Picture Decode(ReadOnlySpan<byte> bytes, string name, NumericsMode mode = NumericsMode.Precise) =>
        PictureFile.Decode(bytes, name, _limits, isUpright: mode != NumericsMode.Reference);

    /// <summary>Does some work on pictures when there is room for it.</summary>
    public async Task<T> Run<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>A small WebP file of a picture.</summary>
    public static byte[] Thumbnail(Picture picture) =>
        PictureFile.Encode(Shrink(picture, ThumbnailSide), PictureFormat.WebP, new SaveOptions { Quality = ThumbnailQuality });

    /// <summary>The picture on white, made smaller where its longer side is above a limit.</summary>
    public static Picture Shrink(Picture picture, int longestSide)
    {
        double factor = (double)longestSide / Math.Max(picture.Width, picture.Height);
        Picture flat = picture.OnWhite();
        return factor >= 1 ? flat : AntialiasedResize.Resize(
            flat, Math.Max(1, (int)(picture.Width * factor)), Math.Max(1, (int)(picture.Height * factor)), ResampleKernel.Bicubic).ToPicture();
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
