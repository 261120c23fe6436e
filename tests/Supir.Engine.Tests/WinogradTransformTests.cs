using Supir.Engine.Cpu;
using Supir.Engine.Cpu.Kernels;
using Xunit;

namespace Supir.Engine.Tests;

public sealed unsafe class WinogradTransformTests
{
    private const int Side = WinogradTile.SourceSide;
    private const int Result = WinogradTile.ResultSide;
    private const int Taps = WinogradTile.Taps;
    private const int Points = WinogradTile.Points;
    private const int Columns = TileKernel.Columns;
    private const double Tolerance = 2e-6;

    [Fact]
    public void A_tile_is_its_convolution_on_every_instruction_set()
    {
        float[] scalar = Convolve<ScalarLane>(channels: 5, split: false);
        Assert.Equal(scalar, Convolve<ScalarLane>(channels: 5, split: true));
        if (InstructionSets.Best != InstructionSet.Scalar)
        {
            Assert.Equal(scalar, Convolve<Lanes256>(channels: 5, split: true));
        }

        if (InstructionSets.Best == InstructionSet.Avx512)
        {
            Assert.Equal(scalar, Convolve<Lanes512>(channels: 5, split: false));
        }
    }

    /// <summary>A tile of numbers around 1 through all three transforms, compared with its definition in double precision.</summary>
    private static float[] Convolve<T>(int channels, bool split)
        where T : unmanaged, ILanes<T>
    {
        System.Random random = new(3);
        int stride = WinogradTile.ChannelStep;
        float[] source = [.. Enumerable.Range(0, Side * Side * stride).Select(_ => random.NextSingle() - 0.5f)];
        float[] weights = [.. Enumerable.Range(0, Taps * Taps * channels * Columns).Select(_ => random.NextSingle() - 0.5f)];
        float[] points = new float[Points * stride];
        float[] transformed = new float[Points * channels * Columns];
        float[] sums = new float[Points * Columns];
        float[] memory = new float[WinogradTile.MemoryElements];
        float[] result = new float[Result * Result * Columns];
        int row = split ? Columns / 2 : Columns;
        int halves = split ? channels * Columns / 2 : Columns / 2;
        fixed (float* d = source, g = weights, v = points, u = transformed, m = sums, t = memory, y = result)
        {
            WinogradTransform<T>.OfSource(d, Side * stride, stride, channels, t, v, stride);
            for (int pair = 0; pair < Side / 2; pair++)
            {
                WinogradTransform<T>.OfWeights(
                    pair, g, channels * Columns, channels, u + (pair * WinogradTile.PointsOfPair * channels * Columns), channels * Columns, row, halves);
            }

            for (int point = 0; point < Points; point++)
            {
                for (int column = 0; column < Columns; column++)
                {
                    int place = (point * channels * Columns) + (column / (Columns / 2) * halves) + (column % (Columns / 2));
                    sums[(point * Columns) + column] = Enumerable.Range(0, channels).Aggregate(
                        0f, (sum, channel) => MathF.FusedMultiplyAdd(points[(point * stride) + channel], transformed[place + (channel * row)], sum));
                }
            }

            WinogradTransform<T>.OfSums(m, Columns, t, y, Result * Columns);
        }

        for (int position = 0; position < Result * Result; position++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double expected = 0;
                for (int tap = 0; tap < Taps * Taps; tap++)
                {
                    int seen = ((((position / Result) + (tap / Taps)) * Side) + (position % Result) + (tap % Taps)) * stride;
                    expected += Enumerable.Range(0, channels).Sum(channel => (double)source[seen + channel] * weights[(((tap * channels) + channel) * Columns) + column]);
                }

                Assert.InRange(result[(position * Columns) + column] - expected, -Tolerance, Tolerance);
            }
        }

        return result;
    }
}
