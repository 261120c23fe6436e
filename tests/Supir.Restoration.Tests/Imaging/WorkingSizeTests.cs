using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public class WorkingSizeTests
{
    [Theory]
    [InlineData(128, 128, null, 512, 512, 512, 512, 512)] // enlarged to the least side: written enlarged
    [InlineData(128, 128, 1.0, 512, 512, 512, 128, 128)] // a factor was asked for: kept
    [InlineData(300, 200, null, 1024, 1536, 1024, 1536, 1024)]
    [InlineData(300, 200, 2.0, 1024, 1536, 1024, 600, 400)]
    [InlineData(2000, 1500, null, 1024, 1984, 1472, 2000, 1500)] // large enough already; 1500 / 64 = 23.44
    [InlineData(1, 1, null, 64, 64, 64, 64, 64)]
    [InlineData(101, 67, null, 512, 768, 512, 772, 512)]
    [InlineData(1, 5000, null, 1, 64, 4992, 1, 5000)]
    [InlineData(100, 100, 0.5, 1, 64, 64, 50, 50)]
    public void Precise_sizes_follow_the_rule(
        int width, int height, double? upscale, int minSize, int workingWidth, int workingHeight, int outputWidth, int outputHeight)
    {
        Assert.Equal(
            new WorkingSize(workingWidth, workingHeight, outputWidth, outputHeight),
            WorkingSize.For(width, height, upscale, minSize, NumericsMode.Precise));
    }

    [Theory]
    [InlineData(300, 200, 1.0, 1024, 1536, 1024, 300, 200)]
    [InlineData(300, 200, null, 1024, 1536, 1024, 300, 200)]
    [InlineData(3, 5, 1.5, 64, 64, 128, 4, 8)] // 4.5 → 4 and 7.5 → 8: to the even neighbour; 106.67 / 64 = 1.67
    [InlineData(96, 160, 1.0, 64, 128, 128, 96, 160)] // 1.5 → 2 and 2.5 → 2: to the even neighbour
    public void Reference_sizes_follow_the_reference(
        int width, int height, double? upscale, int minSize, int workingWidth, int workingHeight, int outputWidth, int outputHeight)
    {
        Assert.Equal(
            new WorkingSize(workingWidth, workingHeight, outputWidth, outputHeight),
            WorkingSize.For(width, height, upscale, minSize, NumericsMode.Reference));
    }

    [Fact]
    public void A_preview_has_its_shorter_side_exactly()
    {
        Assert.Equal(new WorkingSize(768, 512, 768, 512), WorkingSize.ForPreview(300, 200, 4.0, 1024, 512));
        Assert.Equal(new WorkingSize(128, 64, 100, 64), WorkingSize.ForPreview(1000, 640, null, 64, 64));
    }

    [Fact]
    public void A_sliver_that_would_become_enormous_is_refused_with_both_sizes()
    {
        OptionException exception = Assert.Throws<OptionException>(() => WorkingSize.For(1, 5000, null, 1024, NumericsMode.Precise));

        Assert.Contains("1 × 5000 would become 1024 × 5120000", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--min_size", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 512, "--upscale")]
    [InlineData(-1.0, 512, "--upscale")]
    [InlineData(double.NaN, 512, "--upscale")]
    [InlineData(double.PositiveInfinity, 512, "--upscale")]
    [InlineData(1e300, 512, "--upscale")]
    [InlineData(1.0, 0, "--min_size")]
    public void Senseless_options_are_named(double upscale, int minSize, string option)
    {
        OptionException exception = Assert.Throws<OptionException>(
            () => WorkingSize.For(100, 100, upscale, minSize, NumericsMode.Reference));

        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }
}
