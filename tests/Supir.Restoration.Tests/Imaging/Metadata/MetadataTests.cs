using System.Text;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;
using Xunit;

namespace Supir.Restoration.Tests.Imaging.Metadata;

public sealed class MetadataTests
{
    public static TheoryData<PictureFormat> Written => new(PictureFormat.Jpeg, PictureFormat.Png, PictureFormat.WebP, PictureFormat.Tiff);

    [Theory, MemberData(nameof(Written))]
    public void Everything_beside_the_pixels_survives_in_every_format(PictureFormat format)
    {
        PictureMetadata read = WriteAndRead(TestPictures.Gradient(80, 60).WithMetadata(MetadataSample.All()), format).Metadata;

        TiffDirectory exif = TiffDirectory.Read(read.Exif.Span);
        Assert.Equal("Cam\0"u8.ToArray(), exif.Entries[TiffTags.Make].Value);
        Assert.Equal(MetadataSample.MakerNote, exif.Directories[TiffTags.ExifDirectory].Entries[37500].Value);
        Assert.Contains("attic &amp; cellar", Encoding.UTF8.GetString(read.Xmp.Span), StringComparison.Ordinal);
        Assert.Equal(MetadataSample.Iptc, read.Iptc.ToArray());
        Assert.Equal(MetadataSample.DisplayP3(), read.Profile.ToArray());
        if (format != PictureFormat.WebP)
        {
            Assert.Equal(300 / 25.4, read.Resolution?.Horizontal ?? 0, 2);
            Assert.Equal(300 / 25.4, read.Resolution?.Vertical ?? 0, 2);
        }
        else
        {
            Assert.Equal([0x2C, 0x01, 0, 0], TiffEntry.OfLong(300).Value);
            Assert.Equal(TiffEntry.OfRational(300).Value, exif.Entries[TiffTags.XResolution].Value);
        }
    }

    [Theory, MemberData(nameof(Written))]
    public void The_metadata_describe_the_new_upright_picture(PictureFormat format)
    {
        Picture read = WriteAndRead(TestPictures.Gradient(80, 60).WithMetadata(MetadataSample.All()), format);

        TiffDirectory exif = TiffDirectory.Read(read.Metadata.Exif.Span);
        TiffDirectory inner = exif.Directories[TiffTags.ExifDirectory];
        Assert.True(exif.Entries.GetValueOrDefault(TiffTags.Orientation) is null or { Value: [1, 0] });
        Assert.Equal([80, 0], inner.Entries[TiffTags.PixelWidth].Value);
        Assert.Equal([60, 0, 0, 0], inner.Entries[TiffTags.PixelHeight].Value);
        Assert.Contains("tiff:Orientation=\"1\"", Encoding.UTF8.GetString(read.Metadata.Xmp.Span), StringComparison.Ordinal);
        Assert.Equal((80, 60), (read.Width, read.Height));
    }

    [Fact]
    public void The_references_mode_takes_pixels_as_they_are_stored()
    {
        byte[] jpeg = EncodedPictures.WithOrientation(PictureFile.Encode(TestPictures.Gradient(60, 40), PictureFormat.Jpeg), 6);
        SourceFile source = SourceFile.Of("made.jpg", jpeg);

        Assert.Equal((60, 40), (source.Decode(NumericsMode.Reference).Width, source.Decode(NumericsMode.Reference).Height));
        Assert.Equal((40, 60), (source.Decode(NumericsMode.Precise).Width, source.Decode(NumericsMode.Precise).Height));
    }

    [Fact]
    public void An_orientation_is_applied_once()
    {
        byte[] jpeg = EncodedPictures.WithOrientation(PictureFile.Encode(TestPictures.Gradient(60, 40), PictureFormat.Jpeg), 6);
        Picture upright = PictureFile.Decode(jpeg, "made");
        Assert.Equal((40, 60), (upright.Width, upright.Height));

        foreach (PictureFormat format in Enum.GetValues<PictureFormat>().Where(SupportedFormats.CanWrite))
        {
            Picture again = WriteAndRead(upright, format);
            Assert.Equal((40, 60), (again.Width, again.Height));
        }
    }

    [Fact]
    public void Nothing_of_an_exif_block_moves()
    {
        byte[] block = ExifBlock.Describe(MetadataSample.Exif(), 80, 60);

        Assert.Equal(MetadataSample.MakerNote, block[92..102]);
        Assert.Equal(MetadataSample.Exif().Length, block.Length);
        Assert.Equal(new byte[4], block[46..50]); // no second directory: the thumbnail was the old picture's
    }

    [Theory, MemberData(nameof(Written))]
    public void A_recipe_is_found_again_and_none_where_there_is_none(PictureFormat format)
    {
        const string Recipe = "{\"caption\":\"a < b & c > d ünï\"}";
        foreach (PictureMetadata metadata in new[] { PictureMetadata.None, MetadataSample.All() })
        {
            Picture picture = TestPictures.Gradient(20, 20).WithMetadata(metadata);
            byte[] with = PictureFile.Encode(picture, format, new SaveOptions { Recipe = Recipe });

            Assert.Equal(Recipe, PictureFile.FindRecipe(new MemoryStream(with)));
            Assert.Null(PictureFile.FindRecipe(new MemoryStream(PictureFile.Encode(picture, format))));

            // A restored picture that is restored again gets the new recipe, not both.
            Picture again = PictureFile.Decode(with, "made");
            byte[] second = PictureFile.Encode(again, format, new SaveOptions { Recipe = "{}" });
            Assert.Equal("{}", PictureFile.FindRecipe(new MemoryStream(second)));
            Assert.DoesNotContain("caption", Encoding.UTF8.GetString(PictureFile.Decode(second, "made").Metadata.Xmp.Span), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Written))]
    public void A_cut_or_garbled_file_has_no_recipe_and_does_no_harm(PictureFormat format)
    {
        byte[] whole = PictureFile.Encode(TestPictures.Gradient(20, 20).WithMetadata(MetadataSample.All()), format, new SaveOptions { Recipe = "{}" });
        for (int length = 0; length < whole.Length; length += 7)
        {
            PictureFile.FindRecipe(new MemoryStream(whole[..length]));
            byte[] garbled = [.. whole];
            for (int i = length; i < Math.Min(length + 7, garbled.Length); i++)
            {
                garbled[i] ^= 0xFF;
            }

            PictureFile.FindRecipe(new MemoryStream(garbled));
        }
    }

    [Fact]
    public void A_directory_that_leads_to_itself_ends()
    {
        byte[] loop = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0];

        Assert.Single(TiffDirectory.Read(loop).Directories);
        Assert.Equal(loop.Length, ExifBlock.Describe(loop, 1, 1).Length);
    }

    [Fact]
    public void Text_in_jpeg_that_is_too_long_for_a_segment_gives_way_to_the_recipe()
    {
        string xmp = MetadataSample.Xmp.Replace("attic", new string('x', 70_000), StringComparison.Ordinal);
        Picture picture = TestPictures.Gradient(20, 20).WithMetadata(new PictureMetadata { Xmp = Encoding.UTF8.GetBytes(xmp) });

        byte[] jpeg = PictureFile.Encode(picture, PictureFormat.Jpeg, new SaveOptions { Recipe = "{}" });

        Assert.Equal("{}", PictureFile.FindRecipe(new MemoryStream(jpeg)));
        Assert.Equal(20, PictureFile.Decode(jpeg, "made").Width);
    }

    private static Picture WriteAndRead(Picture picture, PictureFormat format) =>
        PictureFile.Decode(PictureFile.Encode(picture, format), "made");
}
