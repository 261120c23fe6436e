using Supir.Cli.Bench;
using Xunit;

namespace Supir.Cli.Tests.Bench;

public sealed class PeaksTests
{
    [Fact]
    public void The_best_measurement_counts()
    {
        Queue<double> measured = new([110, 118, 90]);
        Peaks peaks = new(_ => measured.Dequeue());
        Assert.Equal(110, peaks[2]);
        Assert.Equal(118, peaks.MeasureAgain(2));
        Assert.Equal(118, peaks.MeasureAgain(2));
        Assert.Equal(118, peaks[2]);
    }

    [Fact]
    public void A_speed_up_is_told_as_a_share_of_the_peaks_own()
    {
        Peaks peaks = new(threads => threads == 1 ? 100 : 190);
        Assert.Equal(0.95 / 0.95, peaks.ShareOfGain(2, 1.9), 12);
        Assert.Equal(0.5 / 0.95, peaks.ShareOfGain(2, 1.0), 12);
    }
}
