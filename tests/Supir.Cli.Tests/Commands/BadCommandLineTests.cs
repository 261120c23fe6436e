using Xunit;

namespace Supir.Cli.Tests.Commands;

public sealed class BadCommandLineTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("restore", "PICTURE")]
    [InlineData("inspect", "FILE")]
    [InlineData("doctor more", "more")]
    [InlineData("restore a.png b.png", "b.png")]
    [InlineData("restore a.png --no-such-flag", "--no-such-flag")]
    [InlineData("restore a.png --seed", "--seed")]
    [InlineData("restore a.png --seed 1 --seed 2", "--seed")]
    [InlineData("restore a.png --seed=", "--seed")]
    [InlineData("restore a.png --seed one", "--seed")]
    [InlineData("restore a.png --edm-steps 0", "--edm_steps")]
    [InlineData("restore a.png --edm-steps 1001", "--edm_steps")]
    [InlineData("restore a.png --upscale NaN", "--upscale")]
    [InlineData("restore a.png --upscale 0", "--upscale")]
    [InlineData("restore a.png --min_size 1e9", "--min_size")]
    [InlineData("restore a.png --s_stage1 -7", "--s_stage1")]
    [InlineData("restore a.png --color_fix_type Sepia", "--color_fix_type")]
    [InlineData("restore a.png --linear_CFG=maybe", "--linear_CFG")]
    [InlineData("restore a.png --ae_dtype fp16", "--ae_dtype")]
    [InlineData("restore a.png --diff_dtype fp12", "--diff_dtype")]
    [InlineData("restore a.png --mode fast", "--mode")]
    [InlineData("restore a.png --img_dir b", "--img_dir")]
    [InlineData("restore a.png -o a.jpg --save_dir b", "--save_dir")]
    [InlineData("restore a.png --preset best", "--preset")]
    [InlineData("restore a.png --sizing page", "--sizing")]
    [InlineData("restore a.png --gamma 0", "--gamma")]
    [InlineData("restore a.png --sampler UniPC", "--sampler")]
    [InlineData("restore a.png --tile_size 64", "--tile_size")]
    [InlineData("restore a.png --lora x.safetensors:strong", "--lora")]
    [InlineData("restore a.png --checkpoints no-such.yaml", "no-such.yaml")]
    [InlineData("restore a.png --SDXL_CKPT=", "--SDXL_CKPT")]
    [InlineData("restore a.png --loading_half_params=maybe", "--loading_half_params")]
    [InlineData("presets more", "more")]
    [InlineData("restore a.png --threads 0", "--threads")]
    [InlineData("restore a.png --threads -1", "--threads")]
    [InlineData("restore a.png --opt no-such-file.yaml", "no-such-file.yaml")]
    [InlineData("restore a.png -o a.bmp", "a.bmp")]
    [InlineData("restore a.png -o a", "a")]
    [InlineData("restore a.png --output=", "--output")]
    [InlineData("restore a.png --opt ", "--opt: is empty")]
    [InlineData("restore a.png --tile_map ", "--tile_map: is empty")]
    [InlineData("restore ", "PICTURE: is empty")]
    [InlineData("rerun ", "PICTURE: is empty")]
    [InlineData("rerun a.png --input ", "--input: is empty")]
    [InlineData("caption ", "PICTURE: is empty")]
    [InlineData("inspect ", "FILE: is empty")]
    [InlineData("convert a.png  -o b", "FILE: is empty")]
    [InlineData("convert a.png -o ", "--output: is empty")]
    [InlineData("serve --opt ", "--opt: is empty")]
    public void A_wrong_command_line_ends_with_2_and_one_line_that_names_the_fault(string line, string named)
    {
        string picture = _workplace.WritePicture("a.png");
        string[] args = [.. line.Split(' ').Select(word => word == "a.png" ? picture : word)];

        Run run = Run.Of(args);

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Empty(run.Output);
        string only = Assert.Single(run.ErrorLines);
        Assert.StartsWith("supir: ", only, StringComparison.Ordinal);
        Assert.Contains(named, only, StringComparison.Ordinal);
        Assert.Equal(["a.png"], _workplace.Files);
    }

    [Fact]
    public void A_picture_is_never_written_over_itself()
    {
        string picture = _workplace.WritePicture("a.png");
        byte[] before = File.ReadAllBytes(picture);
        File.CreateSymbolicLink(_workplace.PathOf("link.png"), picture);

        Assert.Equal(ExitCodes.User, Run.Of("restore", picture, "-o", picture).ExitCode);
        Assert.Equal(ExitCodes.User, Run.Of("restore", _workplace.PathOf("link.png"), "-o", picture).ExitCode);
        Assert.Equal(ExitCodes.User, Run.Of("restore", picture, "-o", _workplace.PathOf("../" + Path.GetFileName(Path.GetDirectoryName(picture)) + "/a.png")).ExitCode);
        Assert.Equal(before, File.ReadAllBytes(picture));
    }

    [Theory]
    [InlineData("missing/out.png")]
    [InlineData("a.png/out.png")]
    [InlineData("folder.png")]
    public void An_output_that_cannot_be_written_is_refused_before_the_work(string output)
    {
        string picture = _workplace.WritePicture("a.png");
        Directory.CreateDirectory(_workplace.PathOf("folder.png"));

        Run run = Run.Of("restore", picture, "-o", _workplace.PathOf(output));

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.StartsWith("supir: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(["a.png", "folder.png"], _workplace.Files);
    }

    [Fact]
    public void A_picture_that_would_grow_beyond_what_can_be_restored_is_refused()
    {
        string picture = _workplace.WritePicture("a.png", width: 1000, height: 1000);

        Run run = Run.Of("restore", picture, "--upscale", "16");

        Assert.Equal(ExitCodes.User, run.ExitCode);
        Assert.Contains("--upscale", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(["a.png"], _workplace.Files);
    }
}
