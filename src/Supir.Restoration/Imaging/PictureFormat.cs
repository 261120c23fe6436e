namespace Supir.Restoration.Imaging;

/// <summary>The file formats that are read; the first four are written too.</summary>
public enum PictureFormat
{
    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>WebP, lossy or lossless; of an animation the first frame.</summary>
    WebP,

    /// <summary>TIFF and BigTIFF; the first page.</summary>
    Tiff,

    /// <summary>AVIF: AV1 in a HEIF container.</summary>
    Avif,

    /// <summary>HEIC: HEVC in a HEIF container.</summary>
    Heic,

    /// <summary>JPEG XL, as a bare codestream or in its container.</summary>
    JpegXl,
}
