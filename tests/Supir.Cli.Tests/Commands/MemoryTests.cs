using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>The real program's plan of memory against what the system counts, pages of the checkpoint included.</summary>
public sealed class MemoryTests : IDisposable
{
    /// <summary>How far a plan may be from what is measured.</summary>
    private const double Tolerance = 0.05;

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Theory]
    [InlineData(144, 96, "--min_size", "512")]
    [InlineData(96, 96, "--min_size", "512", "--use_tile_vae", "--encoder_tile_size", "192", "--decoder_tile_size", "24")]
    [InlineData(96, 96, "--min_size", "512", "--ram", "0.28")]
    public void A_plan_is_right_within_five_percent(int width, int height, params string[] flags)
    {
        MeasuredProcess run = Restore(width, height, flags);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        RequireRight(run);
        Assert.Equal(flags.Contains("--ram"), run.Error.Contains("the autoencoder working in bands", StringComparison.Ordinal));
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_line_that_says_what_would()
    {
        MeasuredProcess run = Restore(128, 128, "--min_size", "512", "--ram", "0.2");

        Assert.Equal(ExitCodes.Machine, run.ExitCode);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("supir: ", StringComparison.Ordinal));
        Assert.Matches(@"512×512 takes 0\.\d GB .* but there are 0\.2 GB\. A working picture of about \d+×\d+ would fit", line);
    }

    [Fact, Trait("Category", "Full")]
    public void A_plan_of_the_published_size_is_right_within_five_percent()
    {
        string checkpoint = _workplace.PathOf("full.safetensors");
        Assert.Equal(ExitCodes.Done, Run.Of("bench", "--write-checkpoint", checkpoint).ExitCode);
        string[] model = ["--opt", Workplace.CloneFile("options", "SUPIR_v0.yaml"), "--SDXL_CKPT", checkpoint, "--SUPIR_CKPT_Q", checkpoint, "--min_size", "256"];
        foreach (string[] limit in new string[][] { [], ["--ram", "6"] })
        {
            MeasuredProcess run = Restore(128, 128, [.. model, .. limit]);

            Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
            RequireRight(run);
            Assert.Equal(limit.Length > 0, run.Error.Contains("with weights kept in 8 bits", StringComparison.Ordinal));
        }
    }

    private static void RequireRight(MeasuredProcess run) =>
        Assert.True(Math.Abs(run.ErrorOfPlan) <= Tolerance, $"planned {run.PlannedBytes:N0}, measured {run.PeakBytes:N0}");

    private MeasuredProcess Restore(int width, int height, params string[] flags) => MeasuredProcess.Of(
        ["restore", _workplace.WritePicture("in.png", width, height), "-o", _workplace.PathOf("out.png"), "--edm_steps", "1", "--threads", "2", .. flags]);
}
