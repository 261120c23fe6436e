using System.Text.Json;
using Supir.Restoration.Recipes;
using Xunit;

namespace Supir.Cli.Tests.Folders;

/// <summary>Whole folders with the checkpoint that comes along, as small as they can be.</summary>
public sealed class FolderCommandTests : IDisposable
{
    private static readonly string[] Small = ["--min_size", "64", "--edm_steps", "1", "--threads", "2"];

    private readonly Workplace _workplace = new();

    public FolderCommandTests()
    {
        foreach (string folder in new[] { "in/deep/er", "in/.hidden" })
        {
            Directory.CreateDirectory(_workplace.PathOf(folder));
        }
    }

    private string In => _workplace.PathOf("in");

    private string Out => _workplace.PathOf("out");

    private IReadOnlyList<string> Written => [.. _workplace.Files.Where(name => name.StartsWith("out/", StringComparison.Ordinal))];

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void Pictures_of_all_folders_are_restored_once_and_not_again()
    {
        _workplace.WritePicture("in/b.png");
        _workplace.WritePicture("in/a.jpg");
        _workplace.WritePicture("in/deep/er/c.webp");
        _workplace.WritePicture("in/.hidden/d.png");
        File.WriteAllText(_workplace.PathOf("in/notes.txt"), "");

        Run first = Restore("--log", _workplace.PathOf("log.jsonl"));
        Dictionary<string, byte[]> bytes = Written.Where(name => name.EndsWith(".png", StringComparison.Ordinal)).ToDictionary(name => name, name => File.ReadAllBytes(_workplace.PathOf(name)));
        Run second = Restore("--log", _workplace.PathOf("log.jsonl"));

        Assert.True(first.ExitCode == ExitCodes.Done, first.Error);
        Assert.Equal(["out/a.png", "out/b.png", "out/deep", "out/deep/er", "out/deep/er/c.png"], Written);
        Assert.Contains("3 restored, 0 done before, 0 failed of 3 pictures, 1 other files", first.Output, StringComparison.Ordinal);
        Assert.Contains("0 restored, 3 done before", second.Output, StringComparison.Ordinal);
        Assert.All(bytes, file => Assert.Equal(file.Value, File.ReadAllBytes(_workplace.PathOf(file.Key))));
        JsonElement[] log = [.. File.ReadLines(_workplace.PathOf("log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["done", "done", "done", "skipped", "skipped", "skipped"], log.Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal(1234, log[0].GetProperty("seed").GetInt32());
    }

    [Fact]
    public void What_is_done_is_known_by_the_recipe_and_not_by_the_name()
    {
        _workplace.WritePicture("in/a.png");
        _workplace.WritePicture("in/b.png");
        Restore();

        _workplace.WritePicture("in/a.png", 80);
        Run changedInput = Restore();
        Run changedSeed = Restore("--seed", "5");
        File.WriteAllText(_workplace.PathOf("in/b.txt"), "A harbour.");
        Run caption = Restore("--seed", "5");
        File.WriteAllBytes(_workplace.PathOf("out/a.png"), [1, 2, 3]);
        Run broken = Restore("--seed", "5");
        Run random = Restore("--seed", "-1");

        Assert.Contains("1 restored, 1 done before", changedInput.Output, StringComparison.Ordinal);
        Assert.Contains("2 restored, 0 done before", changedSeed.Output, StringComparison.Ordinal);
        Assert.Contains("1 restored, 1 done before", caption.Output, StringComparison.Ordinal);
        Assert.Contains("1 restored, 1 done before", broken.Output, StringComparison.Ordinal);
        Assert.Contains("0 restored, 2 done before", random.Output, StringComparison.Ordinal);
        Assert.Equal("A harbour.", RecipeText.Find(_workplace.PathOf("out/b.png"))?.Settings["caption"]);
    }

    [Fact]
    public void Failures_are_told_at_the_end_tried_again_and_the_gravest_is_the_exit_code()
    {
        _workplace.WritePicture("in/good.png");
        _workplace.Write("in/text.jpg", "not a picture"u8.ToArray());
        _workplace.Write("in/empty.png", []);
        byte[] cut = File.ReadAllBytes(_workplace.PathOf("in/good.png"));
        _workplace.Write("in/cut.png", cut[..(cut.Length / 2)]);
        _workplace.WritePicture("in/long.png", 20_000, 1);

        Run first = Restore("--log", _workplace.PathOf("log.jsonl"), "--format", "webp");
        _workplace.WritePicture("in/cut.png");
        Run second = Restore("--format", "webp");

        Assert.Equal(ExitCodes.File, first.ExitCode);
        Assert.Equal(["out/good.webp"], Written.Where(name => name != "out/cut.webp"));
        foreach (string name in new[] { "text.jpg", "empty.png", "cut.png" })
        {
            Assert.Contains(first.ErrorLines, line => line.StartsWith("supir: ", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal));
        }

        Assert.Contains("1 restored, 0 done before, 4 failed of 5", first.Output, StringComparison.Ordinal);
        Assert.Contains("1 restored, 1 done before, 3 failed of 5", second.Output, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadLines(_workplace.PathOf("log.jsonl")).Count(line => line.Contains("\"outcome\":\"failed\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Several_samples_and_colliding_names_have_names_of_their_own()
    {
        _workplace.WritePicture("in/a.png");
        _workplace.WritePicture("in/a.jpg");

        Run run = Restore("--num_samples", "2", "--format", "jpg", "--pattern", "a.*", "--order", "smallest");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(["out/a.jpg_0.jpg", "out/a.jpg_1.jpg", "out/a.png_0.jpg", "out/a.png_1.jpg"], Written);
        Assert.Contains("0 restored, 2 done before", Restore("--num_samples", "2", "--format", "jpg", "--pattern", "a.*").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in", null, "the folder itself")]
    [InlineData(".", null, "the folder itself")]
    [InlineData("in/out", "--order", "--order")]
    [InlineData("in/out", "--pattern", "no picture")]
    [InlineData("in/out", "--log", "--log")]
    [InlineData("in/out", "--tile_map", "--tile_map")]
    public void What_cannot_be_asked_of_a_folder_is_said(string output, string? flag, string problem)
    {
        _workplace.WritePicture("in/a.png");
        string[] flags = flag is null ? [] : [flag, "/nowhere/at/all"];

        Run run = Run.Of(["restore", In, "-o", _workplace.PathOf(output), .. flags, .. Small]);

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains(problem, run.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_output_or_a_picture_there_is_nothing_to_do()
    {
        Run without = Run.Of(["restore", In, .. Small]);
        Run empty = Restore();

        Assert.Equal((ExitCodes.User, ExitCodes.User), (without.ExitCode, empty.ExitCode));
        Assert.Contains("--output", without.Error, StringComparison.Ordinal);
        Assert.Contains("no picture", empty.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_inside_the_folder_is_not_restored_itself()
    {
        _workplace.WritePicture("in/a.png");
        string[] args = ["restore", In, "-o", _workplace.PathOf("in/restored"), .. Small];

        Run.Of(args);
        Run again = Run.Of(args);

        Assert.Contains("0 restored, 1 done before, 0 failed of 1", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_folder_around_it_is_no_endless_folder()
    {
        _workplace.WritePicture("in/a.png");
        File.CreateSymbolicLink(_workplace.PathOf("in/linked.png"), _workplace.PathOf("in/a.png"));
        Directory.CreateSymbolicLink(_workplace.PathOf("in/deep/loop"), In);

        Run run = Restore();

        Assert.Contains("2 restored, 0 done before, 0 failed of 2 pictures", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Stopping_keeps_what_is_done_and_the_same_command_goes_on()
    {
        for (int i = 0; i < 6; i++)
        {
            _workplace.WritePicture($"in/{i}.png");
        }

        using CancellationTokenSource stop = new();
        using StoppingWriter error = new(" 2.png:", stop);
        Run stopped = Run.Of(error, isScreen: false, stop.Token, ["restore", In, "-o", Out, .. Small]);
        int done = Written.Count;
        Run rest = Restore();

        Assert.Equal(ExitCodes.Cancelled, stopped.ExitCode);
        Assert.StartsWith("supir: stopped", stopped.ErrorLines[^1], StringComparison.Ordinal);
        Assert.InRange(done, 1, 5);
        Assert.Contains($"{6 - done} restored, {done} done before", rest.Output, StringComparison.Ordinal);
        Assert.Equal(["out/0.png", "out/1.png", "out/2.png", "out/3.png", "out/4.png", "out/5.png"], Written);
    }

    private Run Restore(params string[] flags) => Run.Of(["restore", In, "-o", Out, .. Small, .. flags]);
}
