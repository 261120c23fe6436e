using System.Diagnostics;
using Supir.Restoration.Imaging;
using Xunit;

namespace Supir.Cli.Tests.Commands;

/// <summary>The small model in files that PyTorch itself wrote (eng/make_torch_checkpoints.py): every way of naming it restores to the same bytes.</summary>
public sealed class TorchCheckpointTests : IClassFixture<TorchCheckpointTests.Files>
{
    private readonly Workplace _workplace;

    public TorchCheckpointTests(Files files)
    {
        _workplace = files.Workplace;
    }

    [TorchFact]
    public void Every_format_of_the_published_files_restores_to_the_same_bytes()
    {
        byte[] expected = Restore("whole", "--SDXL_CKPT", "whole.safetensors");

        foreach (string supir in new[] { "q.ckpt", "q.legacy.ckpt", "q.pth", "q.bin", "q.safetensors" })
        {
            Assert.True(expected.SequenceEqual(Restore("supir", "--SDXL_CKPT", "base.safetensors", "--SUPIR_CKPT_Q", supir)), supir);
        }

        string[] encoders = ["--SDXL_CLIP1_PATH", "clip", "--SDXL_CLIP2_CKPT_PTH", "open_clip_pytorch_model.bin"];
        Assert.True(expected.SequenceEqual(Restore("apart", ["--SDXL_CKPT", "base.no-text.safetensors", "--SUPIR_CKPT_F", "q.ckpt", "--SUPIR_sign", "F", .. encoders])), "text encoders apart");
        Assert.True(expected.SequenceEqual(Restore("replaced", ["--SDXL_CKPT", "base.safetensors", "--SUPIR_CKPT", "q.pth", .. encoders])), "text encoders replaced");

        // bfloat16 has three bits less; single precision rounded to the halves that it came from is the same but for the order of sums.
        RequireNear(expected, Restore("bf16", "--SDXL_CKPT", "base.bf16.safetensors", "--SUPIR_CKPT_Q", "q.ckpt"), levels: 16);
        RequireNear(expected, Restore("half", "--SDXL_CKPT", "base.safetensors", "--SUPIR_CKPT_Q", "q.bin", "--loading_half_params"), levels: 1);
    }

    [TorchFact]
    public void A_LoRA_changes_the_picture_as_the_merged_checkpoint_does_in_both_namings()
    {
        string[] supir = ["--SUPIR_CKPT_Q", "q.ckpt"];
        byte[] without = Restore("without", ["--SDXL_CKPT", "base.safetensors", .. supir]);
        byte[] merged = Restore("merged", ["--SDXL_CKPT", "base.merged.safetensors", .. supir]);

        byte[] kohya = Restore("kohya", ["--SDXL_CKPT", "base.safetensors", .. supir, "--lora", PathOf("lora.kohya.safetensors") + ":0.8"]);
        byte[] diffusers = Restore("diffusers", ["--SDXL_CKPT", "base.safetensors", .. supir, "--lora", PathOf("lora.diffusers.safetensors") + ":0.8"]);
        byte[] halves = Restore("halves", ["--SDXL_CKPT", "base.safetensors", .. supir, "--lora", PathOf("lora.kohya.safetensors") + ":0.5", "--lora", PathOf("lora.diffusers.safetensors") + ":0.3"]);

        Assert.NotEqual(without, merged);
        RequireNear(merged, kohya, levels: 1);
        RequireNear(merged, diffusers, levels: 1);
        RequireNear(merged, halves, levels: 1);
    }

    [TorchFact]
    public void Every_file_is_named_for_what_it_is_and_what_it_lacks()
    {
        foreach ((string file, string title, string lacks) in new[]
        {
            ("q.legacy.ckpt", "SUPIR at the embedded checkpoint's small size, for use over a base of it", "lacks: diffusion UNet"),
            ("lora.kohya.safetensors", "a LoRA in kohya's naming, of rank 4", "lacks: "),
            ("lora.diffusers.safetensors", "a LoRA in diffusers' naming, of rank 4", "lacks: "),
            ("clip", "a CLIP text encoder in Hugging Face's naming", "lacks: "),
            ("open_clip_pytorch_model.bin", "an OpenCLIP text encoder", "lacks: "),
        })
        {
            Run run = Run.Of("inspect", PathOf(file));

            Assert.Equal(ExitCodes.Done, run.ExitCode);
            Assert.Contains(title, run.Output, StringComparison.Ordinal);
            Assert.Contains(lacks, run.Output, StringComparison.Ordinal);
        }
    }

    [TorchFact]
    public void Files_are_converted_to_one_that_restores_alike_with_the_error_told()
    {
        byte[] expected = Restore("whole", "--SDXL_CKPT", "whole.safetensors");
        foreach ((string type, int levels) in new[] { ("fp16", 0), ("int8", 24), ("fp8", 64) })
        {
            Run run = Run.Of("convert", PathOf("base.safetensors"), PathOf("q.legacy.ckpt"), "-o", PathOf($"{type}.safetensors"), "--type", type);

            Assert.Equal(ExitCodes.Done, run.ExitCode);
            Assert.Matches("relative error of the weights [0-9]", run.Output);
            RequireNear(expected, Restore(type, "--SDXL_CKPT", $"{type}.safetensors"), levels);
        }
    }

    [TorchFact]
    public void A_pickle_that_would_run_a_program_ends_with_3_and_names_it()
    {
        string[][] commands =
        [
            Args("never", "--SDXL_CKPT", "base.safetensors", "--SUPIR_CKPT_Q", "program.ckpt"),
            ["inspect", PathOf("program.ckpt")],
            ["convert", PathOf("program.ckpt"), "-o", PathOf("c.safetensors")],
        ];
        foreach (string[] args in commands)
        {
            Run run = Run.Of(args);

            Assert.Equal(ExitCodes.File, run.ExitCode);
            Assert.Contains("'posix.system'", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("supir-was-run", _workplace.Files);
        Assert.DoesNotContain("c.safetensors", _workplace.Files);
    }

    private string PathOf(string name) => _workplace.PathOf(name);

    private string[] Args(string name, params string[] model) =>
    [
        "restore", PathOf("a.png"), "-o", PathOf(name + ".png"), "--opt", _workplace.WriteOptions("nowhere"), "--min_size", "64", "--edm_steps", "2",
        "--s_cfg", "2", "--threads", "2", .. model.Select(word => File.Exists(PathOf(word)) || Directory.Exists(PathOf(word)) ? PathOf(word) : word),
    ];

    private byte[] Restore(string name, params string[] model)
    {
        Run run = Run.Of(Args(name, model));
        Assert.True(run.ExitCode == ExitCodes.Done, $"{name}: {run.Error}");
        return PictureFile.Load(PathOf(name + ".png")).Pixels.ToArray();
    }

    /// <summary>Within so many levels in 99.9 % of the values.</summary>
    private static void RequireNear(byte[] expected, byte[] actual, int levels)
    {
        int far = expected.Zip(actual).Count(pair => Math.Abs(pair.First - pair.Second) > levels);
        Assert.True(far <= expected.Length / 1000, $"{far} of {expected.Length} values are more than {levels} levels apart.");
    }

    /// <summary>The files, made once for all tests.</summary>
    public sealed class Files : IDisposable
    {
        public Files()
        {
            if (TorchFactAttribute.Python is not string python)
            {
                return;
            }

            string script = Workplace.CloneFile("eng", "make_torch_checkpoints.py");
            string[] args = [script, Workplace.CloneFile("models", "supir-mini.safetensors"), Workplace.PathOf(".")];
            using Process process = Process.Start(new ProcessStartInfo(python, args) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            Workplace.WritePicture("a.png");
        }

        internal Workplace Workplace { get; } = new();

        public void Dispose() => Workplace.Dispose();
    }
}
