namespace Supir.Restoration.Imaging;

/// <summary>What a picture file holds beside its pixels and what a restored picture takes over from it.</summary>
public sealed record PictureMetadata
{
    /// <summary>Nothing.</summary>
    public static PictureMetadata None { get; } = new();

    /// <summary>The EXIF block, which begins with its byte order; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Exif { get; init; }

    /// <summary>The XMP packet, UTF-8; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Xmp { get; init; }

    /// <summary>The IPTC records (IIM); empty where there are none.</summary>
    public ReadOnlyMemory<byte> Iptc { get; init; }

    /// <summary>The ICC profile of an RGB colour space; empty where there is none, which means sRGB.</summary>
    public ReadOnlyMemory<byte> Profile { get; init; }

    /// <summary>How densely the pixels are meant to be printed; <c>null</c> where nobody says.</summary>
    public PictureResolution? Resolution { get; init; }

    /// <summary>The metadata as they describe another, upright picture: orientation 1, its size, no thumbnail of the old one.</summary>
    public PictureMetadata For(int width, int height) => this with
    {
        Exif = ExifBlock.Describe(Exif.Span, width, height),
        Xmp = XmpPacket.Upright(Xmp),
    };
}

/// <summary>Pixels a millimetre.</summary>
public readonly record struct PictureResolution(double Horizontal, double Vertical)
{
    private const double MillimetresPerInch = 25.4;
    private const double MillimetresPerMetre = 1000;

    /// <summary>Dots an inch, both ways, rounded.</summary>
    internal (int Horizontal, int Vertical) PerInch => ((int)Math.Round(Horizontal * MillimetresPerInch), (int)Math.Round(Vertical * MillimetresPerInch));

    /// <summary>Pixels a metre, both ways, rounded.</summary>
    internal (int Horizontal, int Vertical) PerMetre => ((int)Math.Round(Horizontal * MillimetresPerMetre), (int)Math.Round(Vertical * MillimetresPerMetre));
}
