using Supir.Cli.Display;
using Supir.Restoration;
using Xunit;

namespace Supir.Cli.Tests.Display;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7500, "2 h 5 min")]
    public void Times_are_told_as_exactly_as_people_read_them(double seconds, string text)
    {
        Assert.Equal(text, Durations.Exact(TimeSpan.FromSeconds(seconds)));
    }

    [Fact]
    public void Progress_names_stage_step_and_time_left()
    {
        RestorationProgress progress = new(RestorationStage.Sample, Step: 2, Steps: 8, 0.5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.4));

        Assert.Equal("sample, step 3 of 8, about 5 s left", progress.Sentence);
        Assert.Equal("sample, step 8 of 8", (progress with { Step = 8, Remaining = null }).Sentence);
        Assert.Equal("stage 1", new RestorationProgress(RestorationStage.Stage1, 0, 0, 0.1, TimeSpan.Zero, null).Sentence);
    }
}
