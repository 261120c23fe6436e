using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class ResumeTests : IDisposable
{
    private static readonly string[] Small = ["--min_size", "64", "--edm_steps", "5", "--threads", "2", "--s_churn", "5", "--journal", "0"];

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void A_stopped_run_says_from_where_the_same_command_goes_on_and_it_comes_to_the_same_bytes()
    {
        string picture = _workplace.WritePicture("a.png");
        string undisturbed = _workplace.PathOf("whole.png");
        Run.Of(["restore", picture, "-o", undisturbed, .. Small]);
        string output = _workplace.PathOf("out.png");
        using CancellationTokenSource stop = new();
        using StoppingWriter error = new(" decode", stop);

        Run stopped = Run.Of(error, isScreen: false, stop.Token, ["restore", picture, "-o", output, .. Small]);
        int kept = _workplace.Files.Count;
        Run rest = Run.Of(["restore", picture, "-o", output, .. Small]);

        Assert.Equal(ExitCodes.Cancelled, stopped.ExitCode);
        Assert.Equal("supir: stopped; the same command goes on after step 5.", stopped.ErrorLines[^1]);
        Assert.Equal(3, kept);
        Assert.Contains(rest.ErrorLines, line => line.StartsWith("goes on after step 5", StringComparison.Ordinal));
        Assert.Equal(["a.png", "out.png", "whole.png"], _workplace.Files);
        Assert.Equal(File.ReadAllBytes(undisturbed), File.ReadAllBytes(output));
    }

    [Fact]
    public void Without_a_journal_nothing_is_kept()
    {
        string picture = _workplace.WritePicture("a.png");
        using CancellationTokenSource stop = new();
        using StoppingWriter error = new(" decode", stop);

        Run stopped = Run.Of(error, isScreen: false, stop.Token, ["restore", picture, .. Small[..^1], "-1"]);

        Assert.Equal("supir: stopped; nothing was written.", stopped.ErrorLines[^1]);
        Assert.Equal(["a.png"], _workplace.Files);
    }

    [Theory]
    [InlineData("--journal", "often")]
    [InlineData("--journal", "-2")]
    [InlineData("--log", "x.jsonl")]
    [InlineData("--pattern", "*.png")]
    public void What_a_picture_cannot_be_asked_is_said(string flag, string value)
    {
        Run run = Run.Of("restore", _workplace.WritePicture("a.png"), flag, value);

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains(flag, run.ErrorLines[^1], StringComparison.Ordinal);
    }
}
