namespace Supir.Restoration.Imaging;

/// <summary>What the installed libvips can do with one format.</summary>
/// <param name="Format">The format.</param>
/// <param name="CanRead">Whether pictures of it can be read.</param>
/// <param name="CanWrite">Whether we write it and the library can.</param>
public sealed record FormatSupport(PictureFormat Format, bool CanRead, bool CanWrite);
