namespace Supir.Restoration.Imaging;

/// <summary>An EXIF block: a TIFF file without pixels.</summary>
internal static class ExifBlock
{
    private const uint EntryLength = 12;

    /// <summary>The block as it describes another picture: upright, of another size, without the old one's thumbnail.</summary>
    /// <remarks>Changed in place, so that nothing moves: cameras' own notes hold places of their own.</remarks>
    public static byte[] Describe(ReadOnlySpan<byte> exif, int width, int height)
    {
        byte[] copy = exif.ToArray();
        TiffBytes source = new(exif);
        if (!source.IsTiff)
        {
            return [];
        }

        uint first = source.UInt32(4);
        ForEachRow(exif, first, (row, tag) =>
        {
            if (tag == TiffTags.Orientation)
            {
                new TiffBytes(copy).Overwrite(copy, row, 1);
            }
            else if (tag == TiffTags.ExifDirectory)
            {
                ForEachRow(copy, new TiffBytes(copy).UInt32(row + 8), (inner, innerTag) =>
                {
                    if (innerTag is TiffTags.PixelWidth or TiffTags.PixelHeight)
                    {
                        new TiffBytes(copy).Overwrite(copy, inner, (uint)(innerTag == TiffTags.PixelWidth ? width : height));
                    }
                });
            }
        });

        // The second directory is the thumbnail's.
        uint link = first + sizeof(ushort) + (source.UInt16(first) * EntryLength);
        if (source.Holds(link, sizeof(uint)))
        {
            copy.AsSpan((int)link, sizeof(uint)).Clear();
        }

        return copy;
    }

    /// <summary>The IPTC records that the block carries, as TIFF does; empty where it carries none.</summary>
    public static byte[] Iptc(ReadOnlySpan<byte> exif) => TiffDirectory.Read(exif).Entries.GetValueOrDefault(TiffTags.Iptc)?.Value ?? [];

    /// <summary>What a TIFF file tells about the photograph, as a block; empty where it tells nothing.</summary>
    public static byte[] OfTiff(ReadOnlySpan<byte> file)
    {
        TiffDirectory directory = TiffDirectory.Read(file);
        foreach (ushort tag in directory.Entries.Keys.Where(tag => !TiffTags.TellsAboutThePhotograph(tag)).ToArray())
        {
            directory.Entries.Remove(tag);
        }

        return directory.Entries.Count + directory.Directories.Count > 0 ? directory.WriteBlock() : [];
    }

    private static void ForEachRow(ReadOnlySpan<byte> bytes, uint at, Action<uint, ushort> visit)
    {
        TiffBytes source = new(bytes);
        int count = source.UInt16(at);
        for (uint i = 0; i < count; i++)
        {
            uint row = at + sizeof(ushort) + (i * EntryLength);
            if (source.Holds(row, EntryLength))
            {
                visit(row, source.UInt16(row));
            }
        }
    }
}
