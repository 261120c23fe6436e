using Supir.Restoration.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public class ResamplingTests
{
    public static TheoryData<int, int, int, int> AwkwardSizes => new()
    {
        { 1, 1, 7, 5 }, { 7, 5, 1, 1 }, { 1, 300, 2, 40 }, { 33, 17, 33, 17 }, { 33, 17, 32, 51 }, { 5, 4, 64, 128 }, { 201, 99, 13, 31 },
    };

    [Theory, MemberData(nameof(AwkwardSizes))]
    public void A_flat_picture_stays_flat(int width, int height, int toWidth, int toHeight)
    {
        byte[] pixels = new byte[width * height * Picture.Channels];
        Array.Fill(pixels, (byte)200);
        Picture flat = new(width, height, pixels);
        float[] expected = new float[toWidth * toHeight * FloatImage.Channels];
        Array.Fill(expected, (200f / 127.5f) - 1f);

        Assert.All(PillowBicubic.Resize(flat, toWidth, toHeight).Pixels.ToArray(), level => Assert.Equal(200, level));
        Assertions.Close(expected, TorchBicubic.Resize(FloatImage.Of(flat), toWidth, toHeight).Pixels, absolute: 1e-6);
        foreach (ResampleKernel kernel in Enum.GetValues<ResampleKernel>())
        {
            Assertions.Close(expected, AntialiasedResize.Resize(flat, toWidth, toHeight, kernel).Pixels, absolute: 1e-6);
        }
    }

    [Theory, MemberData(nameof(AwkwardSizes))]
    public void The_float_resizer_agrees_with_its_formula(int width, int height, int toWidth, int toHeight)
    {
        FloatImage image = FloatImage.Of(TestPictures.Noise(width, height));
        ResampleTaps horizontal = ResampleTaps.Antialiased(ResampleKernel.Lanczos3, width, toWidth);
        ResampleTaps vertical = ResampleTaps.Antialiased(ResampleKernel.Lanczos3, height, toHeight);
        float[] expected = new float[toWidth * toHeight * FloatImage.Channels];
        for (int i = 0; i < expected.Length; i++)
        {
            (int x, int y, int channel) = (i / FloatImage.Channels % toWidth, i / FloatImage.Channels / toWidth, i % FloatImage.Channels);
            double sum = 0;
            for (int j = 0; j < vertical.PerOutput; j++)
            {
                for (int k = 0; k < horizontal.PerOutput; k++)
                {
                    int at = (vertical.Indices[(y * vertical.PerOutput) + j] * width) + horizontal.Indices[(x * horizontal.PerOutput) + k];
                    sum += vertical.Weights[(y * vertical.PerOutput) + j] * horizontal.Weights[(x * horizontal.PerOutput) + k]
                        * image.Pixels[(at * FloatImage.Channels) + channel];
                }
            }

            expected[i] = (float)sum;
        }

        Assertions.Close(expected, AntialiasedResize.Resize(image, toWidth, toHeight, ResampleKernel.Lanczos3).Pixels, absolute: 2e-6);
    }

    [Fact]
    public void The_float_bicubic_agrees_with_pillows_bytes_to_their_rounding()
    {
        Picture noise = TestPictures.Noise(97, 61);
        FloatImage rounded = FloatImage.Of(PillowBicubic.Resize(noise, 128, 64));

        FloatImage exact = AntialiasedResize.Resize(noise, 128, 64, ResampleKernel.Bicubic);
        exact.Clip(-1f, 1f);

        // Two roundings of half a level and the clipping between them, which noise provokes: a few levels of 2/255 at worst.
        Assertions.Close(rounded.Pixels, exact.Pixels, relative: 0.02, absolute: 0.25);
    }

    [Fact]
    public void A_fine_pattern_is_averaged_when_reduced_and_not_aliased()
    {
        byte[] stripes = new byte[256 * 8 * Picture.Channels];
        for (int i = 0; i < stripes.Length; i++)
        {
            stripes[i] = (byte)(i / Picture.Channels % 2 == 0 ? 0 : 255);
        }

        FloatImage small = AntialiasedResize.Resize(new Picture(256, 8, stripes), 37, 8, ResampleKernel.Lanczos3);

        Assert.All(small.Pixels.ToArray(), value => Assert.InRange(value, -0.12f, 0.12f));
    }

    [Fact]
    public void Levels_survive_the_way_to_floats_and_back()
    {
        Picture noise = TestPictures.Noise(61, 47);
        WorkingSize size = new(61, 47, 61, 47);

        Assert.Equal(noise.Pixels.ToArray(), FloatImage.Of(noise).ToPicture().Pixels.ToArray());
        Assert.Equal(noise.Pixels.ToArray(), PrecisePixels.ToOutput(PrecisePixels.ToWorking(noise, size), size).Pixels.ToArray());
    }

    [Fact]
    public void Values_outside_the_range_are_clipped_in_vectors_and_in_the_remainder()
    {
        float[] values = new float[19 * FloatImage.Channels];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i % 4) switch { 0 => -7f, 1 => 7f, 2 => float.NaN, _ => 0f };
        }

        byte[] levels = new FloatImage(19, 1, values).ToPicture().Pixels.ToArray();

        Assert.Equal([.. Enumerable.Range(0, levels.Length).Select(i => (i % 4) switch { 0 => (byte)0, 1 => (byte)255, 2 => (byte)0, _ => (byte)128 })], levels);
    }

    [Fact]
    public void Alpha_follows_a_picture_to_its_new_size()
    {
        byte[] alpha = [.. Enumerable.Repeat((byte)90, 16 * 8)];
        Picture source = new(16, 8, new byte[16 * 8 * Picture.Channels], alpha);

        Picture enlarged = PrecisePixels.ToOutput(new FloatImage(64, 64), new WorkingSize(64, 64, 32, 16), source);

        Assert.Equal(32 * 16, enlarged.Alpha.Length);
        Assert.All(enlarged.Alpha.ToArray(), level => Assert.Equal(90, level));
    }
}
