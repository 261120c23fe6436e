using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;
using Xunit;

namespace Supir.Restoration.Tests.Imaging;

public class DemoPixelsTests
{
    private const int MinSize = 64;
    private const int PreviewSide = 128;

    public static TheoryData<string, double> EveryDemo => new() { { "demo.50x30.up1", 1 }, { "demo.50x30.up2", 2 }, { "demo.24x40.up4", 4 } };

    public static TheoryData<string> EveryResize =>
        ["area.20x15", "area.25x37", "area.10x12", "area.49x36", "area.64x30", "area.30x64", "area.1x1", "lanczos4.96x64", "lanczos4.51x37", "lanczos4.60x30", "lanczos4.32x32"];

    [Theory, MemberData(nameof(EveryDemo))]
    public void The_pages_working_picture_is_the_references(string golden, double upscale)
    {
        Picture input = GoldenImages.Picture(golden + ".in");
        Picture expected = GoldenImages.Picture(golden + ".out");
        WorkingSize size = WorkingSize.ForDemo(input.Width, input.Height, upscale, MinSize);

        Assert.Equal(new WorkingSize(expected.Width, expected.Height, expected.Width, expected.Height), size);
        RequireLevels(expected, DemoPixels.ToWorking(input, size, upscale));
    }

    [Theory, MemberData(nameof(EveryDemo))]
    public void The_pages_captioned_picture_is_the_references(string golden, double upscale)
    {
        Assert.True(upscale > 0);
        Picture input = GoldenImages.Picture(golden + ".in");
        Picture expected = GoldenImages.Picture(golden + ".fix");
        WorkingSize size = WorkingSize.ForDemoPreview(input.Width, input.Height, PreviewSide);

        Assert.Equal((expected.Width, expected.Height), (size.Width, size.Height));
        RequireLevels(expected, DemoPixels.ToPreview(input, size, PreviewSide));
    }

    [Theory, MemberData(nameof(EveryResize))]
    public void Resizing_is_OpenCVs(string golden)
    {
        GoldenTensors goldens = GoldenTensors.Open("opencv.safetensors");
        Picture Read(string name) => new(goldens.LengthsOf(name)[1], goldens.LengthsOf(name)[0], goldens.Bytes(name));
        Picture expected = Read(golden);

        Picture actual = OpenCvResize.Resize(
            Read("in"), expected.Width, expected.Height, golden.StartsWith("area", StringComparison.Ordinal) ? OpenCvInterpolation.Area : OpenCvInterpolation.Lanczos4);

        RequireLevels(expected, actual);
    }

    [Theory]
    [InlineData(2000, 1500, 1.0, 1024, 1984, 1504)] // 62.5 and 46.9 times 32: to the even neighbour, and up
    [InlineData(300, 200, null, 1024, 1536, 1024)]
    [InlineData(300, 200, 4.0, 1024, 1536, 1024)]
    [InlineData(1, 40, 1.0, 1, 32, 32)] // never nothing
    public void The_page_rounds_to_32_and_writes_what_it_worked_at(int width, int height, double? upscale, int minSize, int expectedWidth, int expectedHeight)
    {
        Assert.Equal(
            new WorkingSize(expectedWidth, expectedHeight, expectedWidth, expectedHeight), WorkingSize.ForDemo(width, height, upscale, minSize));
    }

    [Fact]
    public void The_page_lays_alpha_on_white_and_cuts_off_fractions()
    {
        Picture picture = new(1, 2, [10, 20, 200, 0, 90, 255], [128, 255]);

        // 10 · 128/255 + 255 · 127/255 = 132.02; 20 gives 137.04; 200 gives 227.4.
        Assert.Equal<byte>([132, 137, 227, 0, 90, 255], DemoPixels.OnWhite(picture).Pixels.ToArray());
        Assert.Equal(227, DemoPixels.OnWhite(new Picture(1, 1, [201, 201, 201], [128])).Pixels[0]); // 227.89
    }

    [Fact]
    public void Sizing_and_mode_choose_the_way_in_and_out()
    {
        Picture input = new(40, 33, [.. Enumerable.Range(0, 40 * 33 * 3).Select(i => (byte)(i * 7))]);
        RestorationSettings Settings(string sizing, string mode) => MiniModel.Settings(("sizing", sizing), ("mode", mode), ("min_size", "64"));
        foreach (string mode in new[] { "precise", "reference" })
        {
            RestorationSettings demo = Settings("demo", mode);
            WorkingSize size = WorkingPicture.SizeOf(input, demo);
            FloatImage working = WorkingPicture.Of(input, size, demo);
            Picture written = WorkingPicture.Finish(working, size, input, demo);

            Assert.Equal(new WorkingSize(64, 64, 64, 64), size); // 40 · 64 / 33 = 77.6, which is nearer to 64 than to 96
            Assert.Equal(DemoPixels.ToWorking(input, size, null).Pixels.ToArray(), written.Pixels.ToArray());
            Assert.NotEqual(working.Pixels.ToArray(), WorkingPicture.Of(input, size, Settings("cli", mode)).Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData("precise", 0.5, 64, 127.75)] // √(64 / 255) · 255
    [InlineData("reference", 0.5, 64, 128)]
    [InlineData("reference", 2.0, 64, 16)] // (64 / 255)² · 255 = 16.06
    [InlineData("precise", 1.0, 64, 64)]
    public void Gamma_bends_the_levels_before_the_restoration(string mode, double gamma, int level, double expected)
    {
        Picture input = new(64, 64, [.. Enumerable.Repeat((byte)level, 64 * 64 * 3)]);
        RestorationSettings settings = MiniModel.Settings(
            ("mode", mode), ("min_size", "64"), ("gamma", gamma.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        FloatImage working = WorkingPicture.Of(input, WorkingPicture.SizeOf(input, settings), settings);

        Assert.Equal(expected, (working.Pixels[100] * 127.5) + 127.5, 0.01);
    }

    private static void RequireLevels(Picture expected, Picture actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        int different = 0;
        for (int i = 0; i < expected.Pixels.Length; i++)
        {
            Assert.InRange(actual.Pixels[i] - expected.Pixels[i], -1, 1);
            different += actual.Pixels[i] == expected.Pixels[i] ? 0 : 1;
        }

        // Between two pixels OpenCV cuts off bits before it sums.
        Assert.InRange(different / (double)expected.Pixels.Length, 0, 0.15);
    }
}
