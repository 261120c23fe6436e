using System.Buffers.Binary;

namespace Supir.Restoration.Imaging;

/// <summary>Metadata in TIFF: entries of the directory that describes the picture.</summary>
internal static class TiffMetadata
{
    private const int DirectoryLinkAt = 4;

    /// <summary>A TIFF without metadata (of one picture, little-endian), with metadata put in: its directory is written anew at the end.</summary>
    public static byte[] Write(ReadOnlySpan<byte> tiff, PictureMetadata metadata, string? recipe)
    {
        TiffDirectory directory = TiffDirectory.Read(tiff);
        if (directory.Entries.Count == 0)
        {
            return tiff.ToArray(); // BigTIFF, from 4 GiB on
        }

        TiffDirectory photograph = TiffDirectory.Read(metadata.Exif.Span);
        foreach ((ushort tag, TiffEntry entry) in photograph.Entries)
        {
            if (TiffTags.TellsAboutThePhotograph(tag))
            {
                directory.Entries[tag] = entry;
            }
        }

        foreach ((ushort tag, TiffDirectory inner) in photograph.Directories)
        {
            directory.Directories[tag] = inner;
        }

        directory.Describe(metadata);
        ReadOnlyMemory<byte> xmp = recipe is null ? metadata.Xmp : XmpPacket.WithRecipe(metadata.Xmp.Span, recipe);
        directory.Set(TiffTags.Xmp, TiffTags.Byte, xmp.Span);
        directory.Set(TiffTags.Profile, TiffTags.Undefined, metadata.Profile.Span);

        int at = (tiff.Length + 1) & ~1;
        byte[] added = directory.Write((uint)at);
        byte[] file = new byte[at + added.Length];
        tiff.CopyTo(file);
        added.CopyTo(file, at);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(DirectoryLinkAt), at);
        return file;
    }

    /// <summary>The recipe of a TIFF, or <c>null</c>.</summary>
    public static string? FindRecipe(ReadOnlySpan<byte> tiff) =>
        TiffDirectory.Read(tiff).Entries.GetValueOrDefault(TiffTags.Xmp) is TiffEntry xmp ? XmpPacket.FindRecipe(xmp.Value) : null;

    extension(TiffDirectory directory)
    {
        /// <summary>Sets IPTC and density, where there are any.</summary>
        public void Describe(PictureMetadata metadata)
        {
            directory.Set(TiffTags.Iptc, TiffTags.Undefined, metadata.Iptc.Span);
            if (metadata.Resolution is PictureResolution resolution)
            {
                directory.Entries[TiffTags.XResolution] = TiffEntry.OfRational(resolution.PerInch.Horizontal);
                directory.Entries[TiffTags.YResolution] = TiffEntry.OfRational(resolution.PerInch.Vertical);
                directory.Entries[TiffTags.ResolutionUnit] = TiffEntry.OfShort(TiffTags.Inch);
            }
        }

        private void Set(ushort tag, ushort type, ReadOnlySpan<byte> value)
        {
            if (!value.IsEmpty)
            {
                directory.Entries[tag] = new TiffEntry(type, value.ToArray());
            }
        }
    }
}
