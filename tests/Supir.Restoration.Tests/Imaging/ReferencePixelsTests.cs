using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public class ReferencePixelsTests
{
    public static TheoryData<string, double, int, int?> EveryLoad => new()
    {
        { "load.96x96.up1.min256", 1, 256, null },
        { "load.75x50.up2.min96", 2, 96, null },
        { "load.61x39.up3.min64", 3, 64, null },
        { "load.160x83.up1.min64.fix128", 1, 64, 128 },
    };

    [Theory, MemberData(nameof(EveryLoad))]
    public void The_sizes_are_the_references(string golden, double upscale, int minSize, int? preview)
    {
        FloatImage working = GoldenImages.Image(golden + ".out");
        (int height, int width) = GoldenImages.OutputSize(golden + ".size");

        Assert.Equal(new WorkingSize(working.Width, working.Height, width, height), SizeOf(golden, upscale, minSize, preview));
    }

    [Theory, MemberData(nameof(EveryLoad))]
    public void Loading_gives_the_references_floats_exactly(string golden, double upscale, int minSize, int? preview)
    {
        FloatImage expected = GoldenImages.Image(golden + ".out");

        FloatImage actual = ReferencePixels.ToWorking(GoldenImages.Picture(golden + ".in"), SizeOf(golden, upscale, minSize, preview));

        Assertions.Close(expected.Pixels, actual.Pixels, absolute: 0);
    }

    // The goldens' floats are exact levels, so truncation hangs on the last bit of a sum wherever the picture is flat; torch's bits
    // depend on how its compiler ordered and fused the products. Everywhere else the bytes must be the same.
    [Theory, MemberData(nameof(EveryLoad))]
    public void Saving_gives_the_references_bytes_but_for_sums_that_end_on_a_level(string golden, double upscale, int minSize, int? preview)
    {
        const float LastBits = 1e-4f;
        WorkingSize size = SizeOf(golden, upscale, minSize, preview);
        Picture expected = GoldenImages.Picture(golden + ".saved");
        FloatImage image = GoldenImages.Image(golden + ".out");
        FloatImage resized = TorchBicubic.Resize(image, size.OutputWidth, size.OutputHeight);

        Picture actual = ReferencePixels.ToOutput(image, size);

        int different = 0;
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            if (expected.Pixels[i] != actual.Pixels[i])
            {
                float level = (resized.Pixels[i] * 127.5f) + 127.5f;
                Assert.InRange(Math.Abs(level - MathF.Round(level)), 0f, LastBits);
                Assert.InRange(actual.Pixels[i] - expected.Pixels[i], -1, 1);
                different++;
            }
        }

        Assert.InRange(different / (double)expected.Pixels.Length, 0, 0.0075);
    }

    [Fact]
    public void Saving_cuts_off_where_the_precise_mode_rounds()
    {
        FloatImage image = new(64, 64);
        image.Pixels.Fill(100.9f / 127.5f - 1f);
        WorkingSize size = new(64, 64, 64, 64);

        Assert.Equal(100, ReferencePixels.ToOutput(image, size).Pixels[0]);
        Assert.Equal(101, PrecisePixels.ToOutput(image, size).Pixels[0]);
    }

    private static WorkingSize SizeOf(string golden, double upscale, int minSize, int? preview)
    {
        Picture input = GoldenImages.Picture(golden + ".in");
        return preview is int side
            ? WorkingSize.ForPreview(input.Width, input.Height, upscale, minSize, side)
            : WorkingSize.For(input.Width, input.Height, upscale, minSize, NumericsMode.Reference);
    }
}
