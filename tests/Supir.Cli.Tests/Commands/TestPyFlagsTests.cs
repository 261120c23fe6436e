using Supir.Cli.CommandLine;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>Command lines that the reference's test.py takes.</summary>
public sealed class TestPyFlagsTests : IDisposable
{
    private readonly Workplace _workplace = new();

    public void Dispose() => _workplace.Dispose();

    [Fact]
    public void Every_flag_of_test_py_is_there()
    {
        string[] flags =
        [
            "img_dir", "save_dir", "upscale", "SUPIR_sign", "seed", "min_size", "edm_steps", "s_stage1", "s_churn", "s_noise", "s_cfg", "s_stage2",
            "num_samples", "a_prompt", "n_prompt", "color_fix_type", "linear_CFG", "linear_s_stage2", "spt_linear_CFG", "spt_linear_s_stage2", "ae_dtype",
            "diff_dtype", "no_llava", "loading_half_params", "use_tile_vae", "encoder_tile_size", "decoder_tile_size", "load_8bit_llava",
        ];

        Assert.All(flags, flag => Assert.Contains(RestoreFlags.All, known => known.Name == "--" + flag));
    }

    [Fact]
    public void A_command_line_of_test_py_runs()
    {
        string picture = _workplace.WritePicture("a.png");
        string output = _workplace.PathOf("out.png");

        Run run = Run.Of(
            "restore", "--img_dir", picture, "--save_dir", output, "--upscale", "1", "--SUPIR_sign", "Q", "--seed", "1234", "--min_size", "64",
            "--edm_steps", "1", "--s_stage1", "-1", "--s_churn", "5", "--s_noise", "1.01", "--s_cfg", "4.0", "--s_stage2", "1.0", "--num_samples", "1",
            "--a_prompt", "sharp", "--n_prompt", "blurred", "--color_fix_type", "Wavelet", "--linear_CFG", "--linear_s_stage2", "--spt_linear_CFG", "1.0",
            "--spt_linear_s_stage2", "0.", "--no_llava", "--loading_half_params", "--use_tile_vae", "--encoder_tile_size", "512",
            "--decoder_tile_size", "64", "--load_8bit_llava");

        Assert.Equal((ExitCodes.Done, ""), (run.ExitCode, string.Join('\n', run.ErrorLines.Where(line => line.StartsWith("supir: ", StringComparison.Ordinal)))));
        Assert.Equal(64, PictureFile.Load(output).Width);
    }

    [Fact]
    public void A_folder_run_of_test_py_on_any_device_names_its_pictures_as_test_py_does()
    {
        Directory.CreateDirectory(_workplace.PathOf("old"));
        string picture = _workplace.WritePicture("old/a.png");
        string output = _workplace.PathOf("new");

        Run run = Run.Of(
            "restore", "--img_dir", Path.GetDirectoryName(picture)!, "--save_dir", output, "--min_size", "64", "--edm_steps", "1", "--ae_dtype", "bf16",
            "--diff_dtype", "fp16", "--device", "cpu");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        Assert.Equal(["a_0.png"], Directory.GetFiles(output).Select(Path.GetFileName));
        Assert.Contains("--ae_dtype bf16 and --diff_dtype fp16: for a GPU; a CPU computes in fp32", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_presets_are_shown_with_their_values()
    {
        Run run = Run.Of("presets");

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        foreach (string name in new[] { "reference-Q", "reference-F", "README-Q", "README-F", "author-1", "author-2", "author-3", "author-4", "Lightning", "Quality", "Fidelity" })
        {
            Assert.Matches($@"(?m)^{name} ", run.Output);
        }

        Assert.Contains("--s_cfg 5.5 --linear_CFG true --spt_linear_CFG 2.5", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_there_is_not_ends_with_3_and_its_name()
    {
        string picture = _workplace.WritePicture("a.png");
        string options = _workplace.WriteOptions("anything.safetensors");
        File.WriteAllText(options, File.ReadAllText(options).Replace("sampling.RestoreEDMSampler", "sampling.UniPCSampler", StringComparison.Ordinal));

        Run run = Run.Of("restore", picture, "--opt", options);

        Assert.Equal(ExitCodes.File, run.ExitCode);
        Assert.Contains("'sgm.modules.diffusionmodules.sampling.UniPCSampler'", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_are_named_by_the_references_names()
    {
        string picture = _workplace.WritePicture("a.png");
        string options = _workplace.WriteOptions("nowhere.safetensors");
        string weights = Workplace.CloneFile("models", "supir-mini.safetensors");
        string[] args = ["restore", picture, "--opt", options, "--min_size", "64", "--edm_steps", "1"];

        Assert.Contains("nowhere.safetensors", Assert.Single(Run.Of(args).ErrorLines), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, Run.Of([.. args, "--SDXL_CKPT", weights]).ExitCode);
        File.WriteAllText(_workplace.PathOf("checkpoints.yaml"), $"SDXL_CKPT: {weights}\n");
        Assert.Equal(ExitCodes.Done, Run.Of(args).ExitCode);
    }
}
