using Supir.Engine.Cpu.Operations;
using Supir.Engine.Graphs;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class ConvolutionCutTests
{
    private const long WantedBandBytes = 4 << 20;

    [Theory]
    [InlineData(2, 128, 128, 320)]
    [InlineData(1, 1024, 1024, 128)]
    [InlineData(3, 7, 5, 4)]
    [InlineData(1, 1, 1, 8)]
    [InlineData(1, 3, 400, 2560)]
    public void The_strips_of_an_image_are_all_of_its_tiles(int batch, int height, int width, int channels)
    {
        ConvolutionCut cut = new(ShapeOf(batch, height, width, channels));
        int strips = cut.Strips / batch;
        for (int strip = 0; strip < cut.Strips; strip++)
        {
            Assert.Equal(strip / strips, cut.Image(strip));
            Assert.True(cut.FirstTile(strip) < cut.EndTile(strip));
            Assert.Equal(strip % strips == 0 ? 0 : cut.EndTile(strip - 1), cut.FirstTile(strip));
        }

        Assert.Equal(0, cut.ColumnOf(0));
        Assert.Equal(width, cut.ColumnOf(cut.EndTile(cut.Strips - 1)));
    }

    [Fact]
    public void A_wide_image_is_cut_into_columns_rather_than_into_single_rows()
    {
        ConvolutionCut cut = new(ShapeOf(1, 1024, 1024, 128));
        Assert.Equal((2, 13), (cut.Strips, cut.MostRows));
        Assert.InRange(cut.BandBytes, 1, WantedBandBytes);
    }

    [Fact]
    public void A_narrow_one_keeps_its_rows_whole()
    {
        ConvolutionCut cut = new(ShapeOf(1, 32, 32, 1280));
        Assert.Equal((1, 22, 4), (cut.Strips, cut.MostRows, cut.LeastRows));
        Assert.InRange(cut.BandBytes, 1, WantedBandBytes);
    }

    private static ConvolutionShape ShapeOf(int batch, int height, int width, int channels) =>
        new(batch, height, width, channels, height, width, 3, 3, Conv2dOptions.SameSize);
}
