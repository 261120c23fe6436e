namespace Supir.Restoration.Imaging;

/// <summary>How a picture is written.</summary>
public sealed record SaveOptions
{
    /// <summary>Quality 95, the bits of the picture, no recipe.</summary>
    public static SaveOptions Default { get; } = new();

    /// <summary>Quality of JPEG and WebP, 1..100; PNG and TIFF lose nothing.</summary>
    public int Quality { get; init; } = 95;

    /// <summary>8 or 16 bits a level in PNG and TIFF; <c>null</c> for those of the picture. JPEG and WebP have 8.</summary>
    public int? Bits { get; init; }

    /// <summary>How the picture was made, to be kept in the file; <c>null</c> for nothing.</summary>
    public string? Recipe { get; init; }
}
