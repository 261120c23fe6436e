namespace Supir.Restoration.Imaging;

/// <summary>How large a picture may be before it is refused unread, so that a small file cannot fill the memory.</summary>
/// <remarks>Decoding takes 3 to 20 bytes a pixel: at the default limit, 0.3 GB for a JPEG and 2 GB for a 16-bit picture with alpha.</remarks>
public sealed record PictureLimits
{
    /// <summary>100 million pixels and a file of 512 MiB: every full-frame camera passes, a decompression bomb does not.</summary>
    public static PictureLimits Default { get; } = new();

    /// <summary>The most pixels (width · height) a picture may have; checked on its header, before anything is decoded.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>The most bytes a file may have; checked before it is opened.</summary>
    public long MaxFileBytes { get; init; } = 512L << 20;
}
