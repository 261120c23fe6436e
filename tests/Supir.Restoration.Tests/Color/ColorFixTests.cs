using Supir.Restoration.Color;
using Supir.Restoration.Imaging;
using Supir.Restoration.Tests.Imaging;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Color;

public class ColorFixTests
{
    [Theory]
    [InlineData(ColorFix.Wavelet, "color.wavelet")]
    [InlineData(ColorFix.AdaIn, "color.adain")]
    public void Every_fix_agrees_with_the_reference(ColorFix fix, string golden)
    {
        FloatImage actual = fix.Apply(GoldenImages.Image("color.content"), GoldenImages.Image("color.style"));

        // Single precision in another order of summation: a unit in the last place or two.
        Assertions.Close(GoldenImages.Image(golden).Pixels, actual.Pixels, relative: 2e-7, absolute: 2e-6);
    }

    [Fact]
    public void No_fix_returns_the_content_itself()
    {
        FloatImage content = new(8, 8);

        Assert.Same(content, ColorFix.None.Apply(content, new FloatImage(8, 8)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 50)]
    [InlineData(50, 3)]
    public void Pictures_smaller_than_the_blur_keep_their_detail_and_take_the_colour(int width, int height)
    {
        FloatImage content = FloatImage.Of(TestPictures.Noise(width, height));
        FloatImage style = FloatImage.Of(TestPictures.Noise(width, height));
        foreach (ref float value in style.Pixels)
        {
            value += 0.25f;
        }

        FloatImage actual = ColorFix.Wavelet.Apply(content, style);

        Assertions.Close(style.Pixels, actual.Pixels, absolute: 1e-6);
    }

    [Fact]
    public void A_single_pixel_takes_the_styles_mean()
    {
        FloatImage content = new(1, 1, [0.1f, 0.2f, 0.3f]);
        FloatImage style = new(1, 1, [-0.5f, 0f, 0.5f]);

        Assertions.Close(style.Pixels, ColorFix.AdaIn.Apply(content, style).Pixels, absolute: 1e-6);
    }

    [Fact]
    public void The_images_must_be_of_one_size()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ColorFix.Wavelet.Apply(new FloatImage(8, 8), new FloatImage(8, 9)));
    }
}
