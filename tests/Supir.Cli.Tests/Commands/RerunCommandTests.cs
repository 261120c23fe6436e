using Supir.Restoration.Imaging;
using Supir.Restoration.Recipes;
using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class RerunCommandTests : IDisposable
{
    private static readonly string[] Small = ["--min_size", "64", "--edm_steps", "2", "--threads", "2"];

    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Theory]
    [InlineData("out.png")]
    [InlineData("out.jpg")]
    [InlineData("out.webp")]
    [InlineData("out.tif")]
    public void A_picture_is_made_again_byte_for_byte_in_every_format(string name)
    {
        string output = _workplace.PathOf(name);
        Assert.Equal(ExitCodes.Done, Run.Of(["restore", _workplace.WritePicture("a.png"), "-o", output, "--seed", "-1", "--s_churn", "5", "--caption", "Bäume & <b>", .. Small]).ExitCode);

        Run again = Run.Of("rerun", output, "--threads", "1");

        Assert.True(again.ExitCode == ExitCodes.Done, again.Error);
        Assert.Contains("the same bytes", again.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(output), File.ReadAllBytes(_workplace.PathOf(Path.ChangeExtension(name, ".rerun" + Path.GetExtension(name)))));
    }

    [Fact]
    public void One_of_several_samples_is_made_again()
    {
        Run.Of(["restore", _workplace.WritePicture("a.png"), "--num_samples", "2", .. Small]);
        string second = _workplace.PathOf("a.restored_1.png");

        Run again = Run.Of("rerun", second, "-o", _workplace.PathOf("b.png"));

        Assert.True(again.ExitCode == ExitCodes.Done, again.Error);
        Assert.Equal(File.ReadAllBytes(second), File.ReadAllBytes(_workplace.PathOf("b.png")));
        Assert.Equal(1, RecipeText.Find(second)?.Sample);
    }

    [Fact]
    public void The_input_is_known_by_its_hash_wherever_it_lies()
    {
        string picture = _workplace.WritePicture("a.png");
        Run.Of(["restore", picture, "-o", _workplace.PathOf("out.png"), .. Small]);
        File.Move(picture, _workplace.PathOf("moved.png"));

        Run missing = Run.Of("rerun", _workplace.PathOf("out.png"));
        Run found = Run.Of("rerun", _workplace.PathOf("out.png"), "--input", _workplace.PathOf("moved.png"));
        _workplace.WritePicture("a.png", 80);
        Run other = Run.Of("rerun", _workplace.PathOf("out.png"));

        Assert.Equal(ExitCodes.File, missing.ExitCode);
        Assert.Contains("--input", missing.Error, StringComparison.Ordinal);
        Assert.Contains("the same bytes", found.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.File, other.ExitCode);
        Assert.Contains("SHA-256", other.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_is_refused_by_name()
    {
        Run.Of(["restore", _workplace.WritePicture("a.png"), "-o", _workplace.PathOf("out.png"), .. Small]);
        byte[] checkpoint = File.ReadAllBytes(Workplace.CloneFile("models", "supir-mini.safetensors"));
        checkpoint[^1] ^= 1;
        string options = _workplace.WriteOptions(_workplace.Write("other.safetensors", checkpoint));

        Run other = Run.Of("rerun", _workplace.PathOf("out.png"), "--opt", options);

        Assert.Equal(ExitCodes.File, other.ExitCode);
        Assert.Contains("other.safetensors", other.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_without_a_recipe_or_with_a_foolish_one_is_the_files_fault()
    {
        string plain = _workplace.WritePicture("plain.png");
        Run.Of(["restore", plain, "-o", _workplace.PathOf("out.png"), .. Small]);
        Recipe recipe = RecipeText.Find(_workplace.PathOf("out.png"))!;
        string foolish = _workplace.PathOf("foolish.png");
        Dictionary<string, string> settings = recipe.Settings.ToDictionary();
        settings["edm_steps"] = "-7";
        PictureFile.Save(PictureFile.Load(plain), foolish, new SaveOptions { Recipe = RecipeText.Write(recipe with { Settings = settings }) });

        Run without = Run.Of("rerun", plain);
        Run wrong = Run.Of("rerun", foolish);

        Assert.Equal((ExitCodes.File, ExitCodes.File), (without.ExitCode, wrong.ExitCode));
        Assert.Contains("no recipe", without.Error, StringComparison.Ordinal);
        Assert.Contains("edm_steps", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_holds_nothing_of_this_machine_or_day()
    {
        Run.Of(["restore", _workplace.WritePicture("a.png"), "-o", _workplace.PathOf("out.png"), .. Small]);

        string text = PictureFile.FindRecipe(File.OpenRead(_workplace.PathOf("out.png")))!;

        Assert.DoesNotContain('/', text);
        Assert.DoesNotContain(Environment.MachineName, text, StringComparison.Ordinal);
        Assert.DoesNotContain(DateTime.Now.Year.ToString(System.Globalization.CultureInfo.InvariantCulture) + "-", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_run_left_is_gone_after_the_next_one_and_a_living_ones_file_is_not()
    {
        string picture = _workplace.WritePicture("a.png");
        _workplace.Write(".supir-0123.part", [1]);
        using FileStream living = new(_workplace.PathOf(".supir-4567.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        Run.Of(["restore", picture, .. Small]);

        Assert.Equal([".supir-4567.part", "a.png", "a.restored.png"], _workplace.Files);
    }
}
