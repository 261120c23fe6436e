using Supir.Restoration.Imaging;
using Supir.Restoration.Tests.Imaging.Metadata;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public sealed class SixteenBitTests
{
    private static readonly ushort[] Levels = [.. Enumerable.Range(0, 24 * 16 * 3).Select(i => (ushort)(i * 56))];
    private static readonly ushort[] Alpha = [.. Enumerable.Range(0, 24 * 16).Select(i => (ushort)(i * 170))];

    [Theory]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.Tiff)]
    public void All_bits_go_in_and_out(PictureFormat format)
    {
        Picture read = Again(new Picture(24, 16, Levels, Alpha), format, null);

        Assert.Equal(16, read.Bits);
        Assert.Equal(Levels, read.WidePixels.ToArray());
        Assert.Equal(Alpha, read.WideAlpha.ToArray());
        Assert.Equal((byte)((Levels[5] + 128) / 257), read.Pixels[5]);
    }

    [Fact]
    public void Bits_can_be_asked_for()
    {
        Picture wide = new(24, 16, Levels, Alpha);
        Picture narrow = TestPictures.Gradient(24, 16);

        Assert.Equal(wide.Pixels.ToArray(), Again(wide, PictureFormat.Png, 8).Pixels.ToArray());
        Assert.Equal(8, Again(wide, PictureFormat.Png, 8).Bits);
        Assert.Equal(16, Again(narrow, PictureFormat.Tiff, 16).Bits);
        Assert.Equal(narrow.Pixels.ToArray(), Again(narrow, PictureFormat.Tiff, 16).Pixels.ToArray());
        Assert.Equal(8, Again(wide, PictureFormat.Jpeg, 16).Bits);
        Assert.Equal(8, Again(wide, PictureFormat.WebP, null).Bits);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Colours_go_into_the_profile_and_come_back(int bits)
    {
        Picture tagged = new Picture(24, 16, Levels).WithMetadata(new PictureMetadata { Profile = MetadataSample.DisplayP3() });

        Picture read = Again(tagged, PictureFormat.Png, bits);

        // Little CMS goes by way of Lab and a grid of 33 points a side: up to 1.5 levels of 256, whatever the bits.
        Assert.Equal(tagged.Metadata.Profile.ToArray(), read.Metadata.Profile.ToArray());
        for (int i = 0; i < Levels.Length; i++)
        {
            double difference = bits == 16 ? (read.WidePixels[i] - Levels[i]) / 257.0 : read.Pixels[i] - tagged.Pixels[i];
            Assert.InRange(Math.Abs(difference), 0, 1.5);
        }
    }

    [Fact]
    public void A_profile_that_colours_cannot_be_brought_into_is_left_out()
    {
        byte[] broken = MetadataSample.DisplayP3();
        Array.Clear(broken, 128, broken.Length - 128);
        Picture tagged = TestPictures.Gradient(24, 16).WithMetadata(new PictureMetadata { Profile = broken });

        Picture read = Again(tagged, PictureFormat.Png, null);

        Assert.True(read.Metadata.Profile.IsEmpty);
        Assert.Equal(tagged.Pixels.ToArray(), read.Pixels.ToArray());
    }

    [Fact]
    public void Sixteen_bits_reach_the_working_picture_and_the_written_one()
    {
        Picture wide = new(24, 16, Levels, Alpha);
        WorkingSize size = new(64, 64, 24, 16);

        FloatImage image = new(24, 16);
        wide.ReadRow(0, image.Row(0));
        Picture written = PrecisePixels.ToOutput(image, size, wide, isWide: true);

        Assert.Equal((float)((Levels[1] / 32767.5) - 1), image.Pixels[1]);
        Assert.Equal(Levels[..72], written.WidePixels[..72].ToArray());
        Assert.Equal(Alpha, written.WideAlpha.ToArray());
    }

    [Fact]
    public void Alpha_is_resized_on_its_own()
    {
        byte[] alpha = new byte[40 * 30];
        for (int i = 0; i < alpha.Length; i++)
        {
            alpha[i] = (byte)(i % 40 < 20 ? 0 : 255);
        }

        Picture source = new(40, 30, TestPictures.Gradient(40, 30).Pixels.ToArray(), alpha);
        Picture written = PrecisePixels.ToOutput(new FloatImage(80, 60), new WorkingSize(128, 128, 80, 60), source);

        Assert.True(written.HasAlpha);
        Assert.Equal(0, written.Alpha[10]);
        Assert.Equal(255, written.Alpha[70]);
        Assert.All(written.Pixels.ToArray(), level => Assert.Equal(128, level));
    }

    [Fact]
    public void Colours_that_nobody_sees_do_not_bleed_into_those_one_sees()
    {
        byte[] pixels = [.. Enumerable.Range(0, 32 * 32).SelectMany(i => i % 32 < 16 ? new byte[] { 0, 0, 0 } : [200, 100, 50])];
        byte[] alpha = [.. Enumerable.Range(0, 32 * 32).Select(i => (byte)(i % 32 < 16 ? 0 : 255))];

        FloatImage working = PrecisePixels.ToWorking(new Picture(32, 32, pixels, alpha), new WorkingSize(64, 64, 64, 64));

        float[] expected = [(200 / 127.5f) - 1, (100 / 127.5f) - 1, (50 / 127.5f) - 1];
        for (int i = 0; i < working.Pixels.Length; i++)
        {
            Assert.Equal(expected[i % 3], working.Pixels[i], 3);
        }
    }

    [Theory]
    [InlineData("width", "500", null, null, 500, 250)]
    [InlineData("height", "30", null, null, 60, 30)]
    [InlineData("width", "100", "height", "100", 100, 50)]
    [InlineData("max_megapixels", "0.02", null, null, 200, 100)]
    [InlineData("upscale", "10", "max_megapixels", "0.08", 400, 200)]
    [InlineData("width", "5000", "max_megapixels", "0.08", 400, 200)]
    public void The_written_size_can_be_asked_for(string flag, string value, string? second, string? secondValue, int width, int height)
    {
        List<(string, string)> flags = [(flag, value), ("mode", "precise"), ("min_size", "256")];
        if (second is not null)
        {
            flags.Add((second, secondValue!));
        }

        WorkingSize size = WorkingSize.For(96, 48, MiniModel.Settings([.. flags]));

        Assert.InRange(size.OutputWidth, width - 1, width);
        Assert.InRange(size.OutputHeight, height - 1, height);
        Assert.True(size.Height >= 256);
    }

    [Fact]
    public void A_picture_too_large_to_restore_is_no_fault_where_megapixels_are_bounded()
    {
        WorkingSize size = WorkingSize.For(12_000, 9_000, MiniModel.Settings(("max_megapixels", "1"), ("mode", "precise")));

        Assert.InRange((double)size.OutputWidth * size.OutputHeight, 990_000, 1_000_000);
    }

    [Theory]
    [InlineData("width", "100", "upscale", "2")]
    [InlineData("bits", "12", "seed", "1")]
    [InlineData("format", "bmp", "seed", "1")]
    [InlineData("quality", "0", "seed", "1")]
    public void What_cannot_be_asked_for_is_said(string flag, string value, string second, string secondValue)
    {
        Assert.Contains($"--{flag}", Assert.Throws<OptionException>(() => MiniModel.Settings((flag, value), (second, secondValue))).Message, StringComparison.Ordinal);
    }

    private static Picture Again(Picture picture, PictureFormat format, int? bits) =>
        PictureFile.Decode(PictureFile.Encode(picture, format, new SaveOptions { Bits = bits }), "made");
}
