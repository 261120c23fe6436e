using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>Whole runs with the checkpoint that comes along, as small as they can be.</summary>
public sealed class RestoreCommandTests : IDisposable
{
    private static readonly string[] Small = ["--min_size", "64", "--edm_steps", "2", "--threads", "2"];

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void The_closing_lines_say_what_was_written_how_large_and_how_long_it_took()
    {
        Run run = Run.Of(["restore", _workplace.WritePicture("a.png", 80, 64), .. Small, "--seed", "7"]);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(["a.png", "a.restored.png"], _workplace.Files);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("a.restored.png: 80×64 pixels", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("seed 7", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^text [^,]+ s, encode .*, stage 1 .*, sample .*, decode .*, finish .*; in all .* s$", lines[1]);
        Assert.Contains("small checkpoint", lines[2], StringComparison.Ordinal);
        Assert.Equal(80, PictureFile.Load(_workplace.PathOf("a.restored.png")).Width);
    }

    [Fact]
    public void The_outputs_name_chooses_the_format()
    {
        string output = _workplace.PathOf("b.webp");

        Assert.Equal(ExitCodes.Done, Run.Of(["restore", _workplace.WritePicture("a.png"), "-o", output, .. Small]).ExitCode);

        Assert.Equal(PictureFormat.WebP, PictureFile.Load(output).Format);
        Assert.Equal(["a.png", "b.webp"], _workplace.Files);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        string picture = _workplace.WritePicture("a.png");
        byte[] Restore(string name, string seed)
        {
            Run run = Run.Of(["restore", picture, "-o", _workplace.PathOf(name), "--seed", seed, "--s_churn", "5", .. Small]);
            Assert.Equal(ExitCodes.Done, run.ExitCode);
            return File.ReadAllBytes(_workplace.PathOf(name));
        }

        byte[] first = Restore("1.png", "1");

        Assert.Equal(first, Restore("2.png", "1"));
        Assert.NotEqual(first, Restore("3.png", "2"));
    }

    [Fact]
    public void An_upscale_is_followed()
    {
        Run run = Run.Of(["restore", _workplace.WritePicture("a.png"), "--upscale", "1.5", .. Small]);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(96, PictureFile.Load(_workplace.PathOf("a.restored.png")).Width);
    }

    [Fact]
    public void Progress_in_a_pipe_has_a_line_for_every_stage()
    {
        Run run = Run.Of(["restore", _workplace.WritePicture("a.png"), .. Small]);

        foreach (string stage in new[] { "text", "encode", "stage 1", "sample, step 1 of 2", "decode", "finish" })
        {
            Assert.Contains(run.ErrorLines, line => line.Contains(stage, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Progress_on_a_screen_is_a_bar()
    {
        Run run = Run.Of(new StringWriter(), isScreen: true, CancellationToken.None, ["restore", _workplace.WritePicture("a.png"), .. Small]);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains('\u001b', run.Error);
        Assert.Contains('%', run.Error);
    }

    [Fact]
    public void Stopping_in_the_middle_ends_with_130_and_leaves_nothing_behind()
    {
        string picture = _workplace.WritePicture("a.png");
        using CancellationTokenSource stop = new();
        using StoppingWriter error = new("encode", stop);

        Run run = Run.Of(error, isScreen: false, stop.Token, ["restore", picture, .. Small]);

        Assert.Equal(ExitCodes.Cancelled, run.ExitCode);
        Assert.StartsWith("supir: stopped", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(["a.png"], _workplace.Files);
    }

    [Fact]
    public void An_output_that_is_there_already_stays_whole_when_the_work_is_stopped()
    {
        string picture = _workplace.WritePicture("a.png");
        string output = _workplace.Write("out.png", [1, 2, 3]);
        using CancellationTokenSource stop = new();
        using StoppingWriter error = new("sample", stop);

        Run.Of(error, isScreen: false, stop.Token, ["restore", picture, "-o", output, .. Small]);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(output));
    }
}
