namespace Supir.Restoration.Imaging.Vips;

/// <summary>The names under which libvips keeps a file's metadata in an image's header.</summary>
internal static class VipsFields
{
    public const string Profile = "icc-profile-data";
    public const string Exif = "exif-data";
    public const string Xmp = "xmp-data";
    public const string Iptc = "iptc-data";
}
