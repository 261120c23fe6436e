namespace Supir.Restoration.Imaging;

/// <summary>How a picture is written.</summary>
public sealed record SaveOptions
{
    /// <summary>Quality 95.</summary>
    public static SaveOptions Default { get; } = new();

    /// <summary>Quality of JPEG and WebP, 1..100; PNG and TIFF lose nothing.</summary>
    public int Quality { get; init; } = 95;
}
