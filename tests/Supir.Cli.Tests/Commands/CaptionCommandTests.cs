using Supir.Testing;
using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>Against a server of the protocol on this machine.</summary>
public sealed class CaptionCommandTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public CaptionCommandTests() => Environment.SetEnvironmentVariable("SUPIR_CACHE", _workplace.PathOf(".cache"));

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void Every_picture_of_a_folder_gets_a_text_beside_it_once()
    {
        using ChatServer server = new("Soft stripes.");
        Directory.CreateDirectory(_workplace.PathOf("in"));
        _workplace.WritePicture("in/a.png");
        _workplace.WritePicture("in/b.jpg", 32, 48);
        File.WriteAllText(_workplace.PathOf("in/notes.md"), "no picture");

        Run run = Caption(server, _workplace.PathOf("in"));

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal("Soft stripes.\n", File.ReadAllText(_workplace.PathOf("in/a.txt")));
        Assert.Equal("Soft stripes.\n", File.ReadAllText(_workplace.PathOf("in/b.txt")));
        Assert.Equal(2, server.Requests.Count);

        File.Delete(_workplace.PathOf("in/b.txt"));
        File.WriteAllText(_workplace.PathOf("in/a.txt"), "Mine.");
        Assert.Equal(ExitCodes.Done, Caption(server, _workplace.PathOf("in")).ExitCode);
        Assert.Equal("Mine.", File.ReadAllText(_workplace.PathOf("in/a.txt")));
        Assert.True(File.Exists(_workplace.PathOf("in/b.txt")));
    }

    [Fact]
    public void A_picture_that_fails_does_not_stop_the_others_and_the_exit_code_says_so()
    {
        using ChatServer server = new("Soft stripes.");
        string broken = _workplace.Write("a.png", [1, 2, 3]);

        Run run = Caption(server, broken, _workplace.WritePicture("b.png"));

        Assert.Equal(ExitCodes.File, run.ExitCode);
        Assert.Contains("a.png", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_workplace.PathOf("b.txt")));
        Assert.False(File.Exists(_workplace.PathOf("a.txt")));
    }

    [Fact]
    public void Without_a_captioner_the_flags_that_name_one_are_told()
    {
        Run run = Run.Of("caption", _workplace.WritePicture("a.png"));
        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains("--captioner", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_restoration_uses_and_prints_the_caption()
    {
        using ChatServer server = new("Soft stripes.");
        Run run = Run.Of(
            "restore", _workplace.WritePicture("a.png"), "--min_size", "64", "--edm_steps", "1", "--threads", "2", "--captioner", server.Address, "--captioner-model", "seer");
        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("caption: Soft stripes.", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_captioner_that_is_not_there_does_not_stop_a_restoration()
    {
        Run run = Run.Of(
            "restore", _workplace.WritePicture("a.png"), "--min_size", "64", "--edm_steps", "1", "--threads", "2", "--captioner", "sidecar");
        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Contains("goes on without", run.Output + run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_workplace.PathOf("a.restored.png")));
    }

    private static Run Caption(ChatServer server, params string[] pictures) =>
        Run.Of(["caption", .. pictures, "--captioner", server.Address, "--captioner-model", "seer"]);
}
