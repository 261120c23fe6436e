using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>Photoshop's list of resources, in which JPEG carries IPTC records.</summary>
/// <remarks>"8BIM", number (2), name (Pascal string, even), length (4), data (even). Source: Adobe Photoshop File Formats Specification,
/// "Image Resource Blocks".</remarks>
internal static class PhotoshopResources
{
    private const ushort IptcResource = 0x0404;

    /// <summary>What the segment begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "Photoshop 3.0\0"u8;

    private static ReadOnlySpan<byte> ResourceMark => "8BIM"u8;

    /// <summary>The IPTC records among the resources; the bytes themselves where they are records already; empty for anything else.</summary>
    public static byte[] Iptc(ReadOnlySpan<byte> bytes)
    {
        const byte RecordMark = 0x1C;
        if (!bytes.StartsWith(Signature))
        {
            return bytes.Length > 0 && bytes[0] == RecordMark ? bytes.ToArray() : [];
        }

        ReadOnlySpan<byte> rest = bytes[Signature.Length..];
        while (rest.StartsWith(ResourceMark) && rest.Length >= 12)
        {
            ushort number = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
            int nameLength = Even(1 + rest[6]);
            int lengthAt = 6 + nameLength;
            if (lengthAt + sizeof(uint) > rest.Length)
            {
                break;
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest[lengthAt..]);
            int dataAt = lengthAt + sizeof(uint);
            if (length > rest.Length - dataAt)
            {
                break;
            }

            if (number == IptcResource)
            {
                return rest.Slice(dataAt, (int)length).ToArray();
            }

            rest = rest[Math.Min(rest.Length, dataAt + Even((int)length))..];
        }

        return [];
    }

    /// <summary>A list that holds IPTC records alone.</summary>
    public static byte[] Of(ReadOnlySpan<byte> iptc)
    {
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, iptc.Length);
        byte[] padding = iptc.Length % 2 == 0 ? [] : [0];
        return [.. Signature, .. ResourceMark, IptcResource >> 8, IptcResource & 0xFF, 0, 0, .. length, .. iptc, .. padding];
    }

    private static int Even(int length) => (length + 1) & ~1;
}
