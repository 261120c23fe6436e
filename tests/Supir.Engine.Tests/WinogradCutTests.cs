using Supir.Engine.Cpu.Operations;
using Supir.Engine.Cpu.Weights;
using Supir.Engine.Graphs;
using Xunit;

namespace Supir.Engine.Tests;

public sealed class WinogradCutTests
{
    private const long MostSourceBytes = 5 << 20;
    private const int Points = 36;
    private const int PanelColumns = 32;

    [Theory]
    [InlineData(2, 128, 128, 320, 320)]
    [InlineData(1, 1024, 1024, 128, 128)]
    [InlineData(2, 16, 16, 2560, 1280)]
    [InlineData(3, 7, 5, 16, 4)]
    [InlineData(1, 8, 4000, 512, 3)]
    public void Strips_are_whole_and_tiles_of_a_unit_stay_in_the_caches(int batch, int height, int width, int source, int target)
    {
        ConvolutionShape shape = ShapeOf(batch, height, width, source);
        WinogradCut cut = new(shape, Panels(target));
        Assert.Equal((0, (width + 3) / 4), (cut.FirstTile(0), cut.FirstTile(cut.Strips)));
        for (int strip = 0; strip < cut.Strips; strip++)
        {
            Assert.InRange((cut.FirstTile(strip + 1) - cut.FirstTile(strip)) * 4, 1, cut.MostColumns);
        }

        Assert.InRange(cut.MostTiles * (long)cut.Depth * Points * sizeof(float), 1, MostSourceBytes);
    }

    [Theory]
    [InlineData(1, 128, 128, 320)]
    [InlineData(2, 8, 8, 1280)]
    [InlineData(5, 7, 530, 24)]
    public void Strips_of_rows_of_tiles_hold_every_position_and_do_not_depend_on_the_batch(int batch, int height, int width, int source)
    {
        WinogradCut cut = new(ShapeOf(batch, height, width, source), panels: 3);
        int[] positions = cut.PositionsOfStrips();
        Assert.Equal(cut.TileRows * cut.Strips, positions.Length);
        Assert.Equal(height * width, positions.Sum());
        Assert.All(positions, count => Assert.InRange(count, 1, int.MaxValue));
        Assert.Equal(positions, new WinogradCut(ShapeOf(1, height, width, source), panels: 3).PositionsOfStrips());
    }

    [Theory]
    [InlineData(16, 1, 16)]
    [InlineData(320, 1, 320)]
    [InlineData(321, 2, 176)]
    [InlineData(640, 2, 320)]
    [InlineData(960, 3, 320)]
    [InlineData(2560, 8, 320)]
    public void Chunks_are_all_channels_in_nearly_equal_parts(int channels, int chunks, int depth)
    {
        WinogradCut cut = new(ShapeOf(1, 32, 32, channels), panels: 10);
        Assert.Equal((chunks, depth), (cut.Chunks, cut.Depth));
        Assert.Equal((0, channels), (cut.FirstChannel(0), cut.FirstChannel(cut.Chunks)));
    }

    [Fact]
    public void A_small_picture_of_many_channels_is_one_block_of_tiles_that_threads_share_by_panels()
    {
        GuidedCut units = new WinogradCut(ShapeOf(1, 32, 32, 1280), panels: 40).UnitsFor(threads: 2);
        Assert.Equal(5, units.Count);
        Assert.All(Enumerable.Range(0, units.Count), unit => Assert.Equal((0, 8), (units[unit].FirstRow, units[unit].EndRow)));
    }

    [Theory]
    [InlineData(128, 128, 320, 1, true)]
    [InlineData(16, 16, 1280, 1, true)]
    [InlineData(8, 8, 64, 1, true)]
    [InlineData(4, 4, 1280, 1, false)]
    [InlineData(128, 128, 4, 1, false)]
    [InlineData(128, 128, 320, 2, false)]
    [InlineData(1, 400, 320, 1, false)]
    public void It_is_chosen_where_transforms_cost_less_than_they_save(int height, int width, int channels, int stride, bool expected)
    {
        Conv2dOptions options = stride == 1 ? Conv2dOptions.SameSize : Conv2dOptions.HalfSize;
        ConvolutionShape shape = new(1, height * stride, width * stride, channels, height, width, 3, 3, options);
        Assert.Equal(expected, WinogradCut.Pays(shape, new PackedForm(DType.Float16, 10, 9 * channels, IsQuantized: false)));
    }

    [Fact]
    public void Only_a_quarter_of_the_multiplications_is_left()
    {
        WinogradCut cut = new(ShapeOf(2, 64, 32, 640), panels: 20);
        Assert.Equal(2.0 * 9 * 2 * 64 * 32 * 640 * 640 / 4, cut.Flops);
    }

    private static int Panels(int channels) => (channels + PanelColumns - 1) / PanelColumns;

    private static ConvolutionShape ShapeOf(int batch, int height, int width, int channels) =>
        new(batch, height, width, channels, height, width, 3, 3, Conv2dOptions.SameSize);
}
