using System.Text;
using Supir.Restoration.Imaging;
using Supir.Restoration.Imaging.Vips;

namespace Supir.Restoration.Tests.Imaging.Metadata;

/// <summary>A camera's big-endian EXIF, an editor's XMP, an agency's IPTC, a screen's profile: what a photograph may come with.</summary>
internal static class MetadataSample
{
    public const string Xmp =
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">" +
        "<rdf:Description rdf:about=\"\" xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" tiff:Orientation=\"6\" xmlns:dc=\"urn:dc\" dc:source=\"attic &amp; cellar\"/>" +
        "</rdf:RDF></x:xmpmeta>";

    /// <summary>IIM record 2: version, caption "harbour", keyword "boats".</summary>
    public static byte[] Iptc { get; } =
        [0x1C, 2, 0, 0, 2, 0, 4, 0x1C, 2, 120, 0, 7, .. "harbour"u8, 0x1C, 2, 25, 0, 5, .. "boats"u8];

    /// <summary>The maker's own notes; a real one holds places in the block, so that it must not move.</summary>
    public static byte[] MakerNote { get; } = [.. "NOTES\0"u8, 1, 2, 3, 4];

    /// <summary>First directory: make, orientation 6, EXIF; then a thumbnail's directory. EXIF: maker note, width 60, height 40.</summary>
    public static byte[] Exif()
    {
        List<byte> block = [.. "MM\0*"u8, 0, 0, 0, 8];
        block.AddRange([0, 3]);
        block.AddRange([.. Row(271, 2, 4, "Cam\0"u8.ToArray()), .. Row(274, 3, 1, [0, 6, 0, 0]), .. Row(34665, 4, 1, BigEndian(50))]);
        block.AddRange(BigEndian(104)); // the thumbnail's directory
        block.AddRange([0, 3]); // at 50
        block.AddRange([.. Row(37500, 7, 10, BigEndian(92)), .. Row(40962, 3, 1, [0, 60, 0, 0]), .. Row(40963, 4, 1, BigEndian(40))]);
        block.AddRange(BigEndian(0));
        block.AddRange(MakerNote); // at 92
        block.AddRange([0, 0]);
        block.AddRange([0, 1, .. Row(259, 3, 1, [0, 6, 0, 0]), .. BigEndian(0)]); // at 104: compression
        return [.. block];
    }

    /// <summary>The profile of Display P3, as libvips carries it.</summary>
    public static byte[] DisplayP3()
    {
        using VipsImage srgb = EncodedPictures.Vips(TestPictures.Gradient(4, 4));
        using VipsImage p3 = EncodedPictures.Run("icc_transform", srgb, ("output_profile", "p3"), ("input_profile", "srgb"));
        return p3.Field(VipsFields.Profile);
    }

    public static PictureMetadata All() => new()
    {
        Exif = Exif(),
        Xmp = Encoding.UTF8.GetBytes(Xmp),
        Iptc = Iptc,
        Profile = DisplayP3(),
        Resolution = new PictureResolution(300 / 25.4, 300 / 25.4),
    };

    private static byte[] Row(int tag, int type, int count, byte[] value) =>
        [(byte)(tag >> 8), (byte)tag, 0, (byte)type, .. BigEndian(count), .. value];

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
