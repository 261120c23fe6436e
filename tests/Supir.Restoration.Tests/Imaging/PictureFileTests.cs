using Supir.Restoration.Imaging;
using Supir.Restoration.Imaging.Vips;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public class PictureFileTests
{
    private static readonly Picture Gradient = TestPictures.Gradient(60, 40);

    [Theory]
    [InlineData(PictureFormat.Png, 0)]
    [InlineData(PictureFormat.Tiff, 0)]
    [InlineData(PictureFormat.Jpeg, 3)]
    [InlineData(PictureFormat.WebP, 8)]
    public void What_is_written_is_read_again(PictureFormat format, int tolerance)
    {
        Picture read = PictureFile.Decode(PictureFile.Encode(Gradient, format), "made");

        Assert.Equal(format, read.Format);
        AssertClose(Gradient, read, tolerance);
    }

    [Theory]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.Tiff)]
    [InlineData(PictureFormat.WebP)]
    public void Alpha_is_kept_straight(PictureFormat format)
    {
        byte[] alpha = [.. Enumerable.Range(0, 60 * 40).Select(i => (byte)(i % 60 * 4))];
        Picture picture = new(60, 40, Gradient.Pixels.ToArray(), alpha);

        Picture read = PictureFile.Decode(PictureFile.Encode(picture, format), "made");

        Assert.Equal(alpha, read.Alpha.ToArray());
        if (format != PictureFormat.WebP)
        {
            Assert.Equal(Gradient.Pixels.ToArray(), read.Pixels.ToArray());
        }
    }

    [Fact]
    public void A_jpeg_has_the_picture_on_white_where_it_was_transparent()
    {
        Picture clear = new(16, 16, new byte[16 * 16 * 3], new byte[16 * 16]);

        Picture read = PictureFile.Decode(PictureFile.Encode(clear, PictureFormat.Jpeg), "made");

        Assert.False(read.HasAlpha);
        Assert.All(read.Pixels.ToArray(), level => Assert.Equal(255, level));
    }

    [Fact]
    public void A_jpeg_keeps_a_colour_for_every_pixel()
    {
        byte[] jpeg = PictureFile.Encode(Gradient, PictureFormat.Jpeg);

        // Start of frame: marker, length (2), precision, height (2), width (2), components, then id and sampling of the first.
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        Assert.Equal(0x11, jpeg[frame + 11]);
    }

    [Theory]
    [InlineData(1, 60, 40)]
    [InlineData(2, 60, 40)]
    [InlineData(3, 60, 40)]
    [InlineData(4, 60, 40)]
    [InlineData(5, 40, 60)]
    [InlineData(6, 40, 60)]
    [InlineData(7, 40, 60)]
    [InlineData(8, 40, 60)]
    public void Every_exif_orientation_comes_out_upright(byte orientation, int width, int height)
    {
        byte[] jpeg = PictureFile.Encode(Gradient, PictureFormat.Jpeg);

        Picture read = PictureFile.Decode(EncodedPictures.WithOrientation(jpeg, orientation), "made");

        // EXIF 2.32, Orientation: where the stored row 0 and column 0 lie in the upright picture.
        Func<int, int, (int X, int Y)> stored = orientation switch
        {
            1 => (x, y) => (x, y),
            2 => (x, y) => (59 - x, y),
            3 => (x, y) => (59 - x, 39 - y),
            4 => (x, y) => (x, 39 - y),
            5 => (x, y) => (y, x),
            6 => (x, y) => (y, 39 - x),
            7 => (x, y) => (59 - y, 39 - x),
            _ => (x, y) => (59 - y, x),
        };
        byte[] expected = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int fromX, int fromY) = stored(x, y);
                Gradient.Row(fromY).Slice(fromX * 3, 3).CopyTo(expected.AsSpan(((y * width) + x) * 3));
            }
        }

        AssertClose(new Picture(width, height, expected), read, 3);
    }

    [Theory]
    [InlineData("pngsave_buffer")]
    [InlineData("tiffsave_buffer")]
    [InlineData("jpegsave_buffer")]
    public void Grey_becomes_three_equal_colours(string saver)
    {
        using VipsImage grey = VipsImage.FromMemory([100, 104, 108, 112], 2, 2, 1);
        using VipsImage tagged = EncodedPictures.Run("copy", grey, ("interpretation", "b-w"));

        Picture read = PictureFile.Decode(EncodedPictures.Save(saver, tagged), "made");

        AssertClose(new Picture(2, 2, [100, 100, 100, 104, 104, 104, 108, 108, 108, 112, 112, 112]), read, saver[0] == 'j' ? 3 : 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_palette_becomes_its_colours(bool transparent)
    {
        Picture read = PictureFile.Decode(EncodedPictures.PalettePng(transparent), "made");

        Assert.Equal([255, 0, 0, 0, 255, 0, 10, 20, 30, 0, 255, 0], read.Pixels.ToArray());
        Assert.Equal(transparent ? [255, 255, 128, 255] : [], read.Alpha.ToArray());
    }

    [Theory]
    [InlineData("pngsave_buffer")]
    [InlineData("tiffsave_buffer")]
    public void Sixteen_bits_are_there_in_eight_too(string saver)
    {
        // v · 257 ± 100 in 16 bits is nearest to v.
        ushort[] levels = [.. Gradient.Pixels.ToArray().Select((level, i) => (ushort)Math.Clamp((level * 257) + (i % 2 == 0 ? 100 : -100), 0, 65535))];
        using VipsImage wide = FromSixteenBits(levels, 60, 40);

        Picture read = PictureFile.Decode(EncodedPictures.Save(saver, wide), "made");

        Assert.Equal(Gradient.Pixels.ToArray(), read.Pixels.ToArray());
    }

    [Fact]
    public void An_embedded_profile_is_applied()
    {
        using VipsImage srgb = EncodedPictures.Vips(Gradient);
        using VipsImage displayP3 = EncodedPictures.Run("icc_transform", srgb, ("output_profile", "p3"), ("input_profile", "srgb"));
        byte[] png = EncodedPictures.Save("pngsave_buffer", displayP3);
        using VipsImage bare = EncodedPictures.Run("copy", displayP3);
        byte[] untagged = EncodedPictures.Save("pngsave_buffer", bare, ("strip", "true"));

        AssertClose(Gradient, PictureFile.Decode(png, "made"), 2);
        Assert.True(Difference(Gradient, PictureFile.Decode(untagged, "made")) > 8, "the colours in the file must not be sRGB already");
    }

    [Fact]
    public void A_picture_tagged_with_srgb_keeps_its_levels()
    {
        using VipsImage srgb = EncodedPictures.Vips(TestPictures.Noise(64, 64));
        byte[] png = EncodedPictures.Save("pngsave_buffer", srgb, ("profile", "srgb"));

        AssertClose(TestPictures.Noise(64, 64), PictureFile.Decode(png, "made"), 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cmyk_is_converted_with_its_profile_or_a_usual_one(bool tagged)
    {
        using VipsImage srgb = EncodedPictures.Vips(Gradient);
        using VipsImage cmyk = EncodedPictures.Run("icc_transform", srgb, ("output_profile", "cmyk"), ("input_profile", "srgb"));
        byte[] jpeg = EncodedPictures.Save("jpegsave_buffer", cmyk, ("Q", "100"), ("strip", tagged ? "false" : "true"));

        Picture read = PictureFile.Decode(jpeg, "made");

        // Print holds fewer colours than a screen: near is what can be asked for.
        Assert.Equal((60, 40), (read.Width, read.Height));
        Assert.InRange(MeanDifference(Gradient, read), 0, 12);
    }

    [Theory]
    [InlineData(PictureFormat.Avif, "heifsave_buffer", "compression", "av1")]
    [InlineData(PictureFormat.Heic, "heifsave_buffer", "compression", "hevc")]
    [InlineData(PictureFormat.JpegXl, "jxlsave_buffer", "Q", "95")]
    public void Newer_formats_are_read_where_the_library_can(PictureFormat format, string saver, string argument, string value)
    {
        if (!VipsOperation.Exists(saver))
        {
            Assert.DoesNotContain(SupportedFormats.Find(), support => support.Format == format && support.CanRead);
            return;
        }

        using VipsImage image = EncodedPictures.Vips(Gradient);
        Picture read = PictureFile.Decode(EncodedPictures.Save(saver, image, (argument, value)), "made");

        Assert.Equal(format, read.Format);
        AssertClose(Gradient, read, 16);
    }

    [Fact]
    public void Plug_ins_of_the_library_are_loaded_when_a_format_needs_them_and_others_never()
    {
        const string Maps = "/proc/self/maps";
        bool isRead = SupportedFormats.CanRead(PictureFormat.Heic);
        if (!File.Exists(Maps))
        {
            return;
        }

        string[] loaded = [.. File.ReadLines(Maps).Select(line => line.Split(' ')[^1]).Distinct()];
        string folder = Path.GetDirectoryName(loaded.First(file => Path.GetFileName(file).StartsWith("libvips.so", StringComparison.Ordinal)))!;
        string? plugIn = Directory.EnumerateFiles(folder, "vips-heif.so", SearchOption.AllDirectories).FirstOrDefault();
        if (plugIn is not null)
        {
            Assert.True(isRead);
            Assert.Contains(plugIn, loaded);
        }

        Assert.DoesNotContain(loaded, file => Path.GetFileName(file) is "vips-magick.so" or "vips-poppler.so" or "vips-openslide.so");
    }

    [Fact]
    public void A_picture_of_one_pixel_is_read()
    {
        Picture pixel = new(1, 1, [1, 2, 3]);

        Assert.Equal([1, 2, 3], PictureFile.Decode(PictureFile.Encode(pixel, PictureFormat.Png), "made").Pixels.ToArray());
    }

    [Fact]
    public void The_library_reads_and_writes_the_four_usual_formats()
    {
        IReadOnlyList<FormatSupport> formats = SupportedFormats.Find();

        Assert.Matches(@"^8\.\d+", SupportedFormats.LibraryVersion);
        Assert.Equal(Enum.GetValues<PictureFormat>(), formats.Select(support => support.Format));
        Assert.All(formats.Take(4), support => Assert.True(support.CanRead && support.CanWrite, $"{support.Format}"));
        Assert.All(formats.Skip(4), support => Assert.False(support.CanWrite));
    }

    [Fact]
    public unsafe void The_value_structure_has_glibs_size()
    {
        Assert.Equal(24, sizeof(GValue));
    }

    private static VipsImage FromSixteenBits(ushort[] levels, int width, int height)
    {
        // Two bytes a level, joined by arithmetic: low + 256 · high.
        byte[] low = [.. levels.Select(level => (byte)level)];
        byte[] high = [.. levels.Select(level => (byte)(level >> 8))];
        using VipsImage lows = VipsImage.FromMemory(low, width, height, Picture.Channels);
        using VipsImage highs = VipsImage.FromMemory(high, width, height, Picture.Channels);
        using VipsImage scaled = EncodedPictures.Run("linear", highs, ("a", "256"), ("b", "0"));
        using VipsOperation add = new VipsOperation("add").With("left", lows).With("right", scaled);
        using VipsImage sum = add.ToImage();
        using VipsImage cast = EncodedPictures.Run("cast", sum, ("format", "ushort"));
        return EncodedPictures.Run("copy", cast, ("interpretation", "rgb16"));
    }

    private static void AssertClose(Picture expected, Picture actual, int tolerance)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        Assert.InRange(Difference(expected, actual), 0, tolerance);
    }

    private static int Difference(Picture expected, Picture actual)
    {
        int largest = 0;
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected.Pixels[i] - actual.Pixels[i]));
        }

        return largest;
    }

    private static double MeanDifference(Picture expected, Picture actual)
    {
        double sum = 0;
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            sum += Math.Abs(expected.Pixels[i] - actual.Pixels[i]);
        }

        return sum / expected.Pixels.Length;
    }
}
