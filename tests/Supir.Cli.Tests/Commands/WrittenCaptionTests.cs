using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class WrittenCaptionTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void A_caption_counts_the_same_from_the_command_line_a_list_and_the_text_beside_the_picture()
    {
        string picture = _workplace.WritePicture("a.png");
        byte[] none = Restore(picture, "none.png");
        byte[] given = Restore(picture, "given.png", "--caption", "a red bird");
        string list = _workplace.PathOf("captions.csv");
        File.WriteAllText(list, "a.png,a red bird\n");

        byte[] listed = Restore(picture, "listed.png", "--captions", list);
        File.WriteAllText(_workplace.PathOf("a.txt"), "a red bird\n");
        byte[] beside = Restore(picture, "beside.png");

        Assert.NotEqual(none, given);
        Assert.Equal(given, listed);
        Assert.Equal(given, beside);
        Assert.Equal(none, Restore(picture, "no.png", "--captioner", "none"));
        Assert.Equal(none, Restore(picture, "empty.png", "--caption", ""));
    }

    [Fact]
    public void A_list_that_is_none_ends_with_2_and_its_name()
    {
        string list = _workplace.PathOf("captions.csv");
        File.WriteAllText(list, "a.png\n");

        Run run = Run.Of("restore", _workplace.WritePicture("a.png"), "--captions", list, "--min_size", "64", "--edm_steps", "1");

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains("captions.csv", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    private byte[] Restore(string picture, string output, params string[] more)
    {
        Run run = Run.Of(["restore", picture, "-o", _workplace.PathOf(output), "--min_size", "64", "--edm_steps", "1", "--seed", "3", .. more]);
        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        return Supir.Restoration.Imaging.PictureFile.Load(_workplace.PathOf(output)).Pixels.ToArray();
    }
}
