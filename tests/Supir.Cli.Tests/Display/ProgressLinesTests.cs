using Supir.Cli.Display;
using Supir.Restoration;
using Xunit;

namespace Supir.Cli.Tests.Display;

public sealed class ProgressLinesTests
{
    [Fact]
    public void Within_a_stage_lines_are_two_seconds_apart()
    {
        StringWriter writer = new();
        ProgressLines lines = new(writer);
        foreach (double seconds in new[] { 0, 0.5, 1.9, 2.0, 3.9, 4.1 })
        {
            lines.Report(ProgressReport.Of(new RestorationProgress(RestorationStage.Encode, 0, 0, seconds / 10, TimeSpan.FromSeconds(seconds), null)));
        }

        Assert.Equal(["  0 %  encode", " 20 %  encode", " 41 %  encode"], writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
