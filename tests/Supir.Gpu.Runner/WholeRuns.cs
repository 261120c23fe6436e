using System.Diagnostics;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Models;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>Whole restorations, pixels in and pixels out, through the program's own pipeline.</summary>
internal static class WholeRuns
{
    private const int WarmRuns = 3;
    private const int ScaleOfMini = 2;

    /// <summary>The published size at 1024×1024 with 50 steps: the first run, which brings everything in, then runs with all at hand.</summary>
    public static void Full(Report report, CudaBackend cuda)
    {
        using Restorer restorer = OpenFull([cuda]);
        restorer.KeepsNetworks = true;
        RestorationSettings settings = Settings(("edm_steps", "50"), ("upscale", "2"));
        Picture picture = RandomPicture(512);
        byte[] first = Time("first run, everything brought in", restorer, picture, settings, out _);
        double best = double.PositiveInfinity;
        for (int i = 0; i < WarmRuns; i++)
        {
            byte[] again = Time("all at hand", restorer, picture, settings, out double seconds);
            best = Math.Min(best, seconds);
            report.Check("the same seed gives the same bytes again", Differences(first, again), 0);
        }

        (long free, long total) = cuda.Memory();
        Report.Say($"512² → 1024², 50 steps, pixels in to pixels out: {best:f2} s; {(total - free) / 1e9:f2} GB of the GPU in use with all networks kept");
        report.Check("the result is a picture", first.Distinct().Count() > 16 ? 0 : 1, 0);
        Time("8-bit floats", restorer, picture, settings with { DiffusionDType = DType.Float8E4M3 }, out _);
        Time("8-bit floats, all at hand", restorer, picture, settings with { DiffusionDType = DType.Float8E4M3 }, out _);
    }

    /// <summary>The most memory that whole runs take, one network after the other, with limits and without.</summary>
    public static void Memory(Report report, CudaBackend cuda)
    {
        RestorationSettings settings = Settings(("edm_steps", "3"), ("min_size", "1024"));
        foreach ((double limit, double most) in new[] { (79.0, 9.5), (8.0, 7.5), (6.0, 5.8) })
        {
            report.Guard($"limit of {limit} GB", () =>
            {
                using Restorer restorer = OpenFull([cuda]);
                restorer.MemoryLimit = (long)(limit * 1e9);
                using PeakMemory peak = new(cuda);
                Restored restored = restorer.Restore(RandomPicture(1024), settings);
                double used = peak.Stop() / 1e9;
                Report.Say($"1024², limit {limit} GB: planned {restored.Memory.Bytes / 1e9:f2} GB ({restored.Memory.Precision}, {restored.Memory.HostBytes / 1e9:f2} GB streamed), at most {used:f2} GB of the GPU in use");
                report.Check($"peak with a limit of {limit} GB, in GB", used, most);
                report.Check("the plan covers the peak, GB beyond it", Math.Max(0, used - (restored.Memory.Bytes / 1e9)), 0.1);
                Report.Say($"  {Stages(restored)}");
            });
        }
    }

    /// <summary>The small model's run against the reference's restored picture.</summary>
    public static void Mini(Report report, IBackend backend)
    {
        GoldenTensors goldens = GoldenTensors.Open("mini.safetensors");
        ModelOptions options = OptionsFile.Load(PathOf("options/SUPIR_mini.yaml"));
        options = options with { Vae = options.Vae with { ScaleFactor = 0.5 } };
        Shape shape = goldens.ShapeOf("image");
        float[] expected = Layout.ChannelsLast(goldens.Floats("restored"), goldens.ShapeOf("restored"));
        // In the reference's mode bf16 rounds noise levels, too, and draws other noise: that is another run than the golden.
        foreach ((string mode, string vae, string diffusion, double bound) in new[] { ("reference", "fp32", "fp32", 1e-4), ("precise", "bf16", "fp16", 1e-1), ("precise", "bf16", "bf16", 2e-1) })
        {
            report.Guard($"mini run in {vae}, {diffusion}", () =>
            {
                using SyntheticSource source = SyntheticSource.Open(Golden.PathOf("mini.manifest.json"));
                SupirNetworks networks = new(new WeightReader(source), options.Vae, options.UNet, options.Control, 1);
                RestorationSettings settings = SettingsResolver.Resolve(
                    options,
                    Flags(
                        ("mode", mode), ("ae_dtype", vae), ("diff_dtype", diffusion), ("rng", "cpu"), ("caption", "a photo of a cat"), ("min_size", "256"),
                        ("seed", "1234"), ("edm_steps", "20"), ("s_stage1", "-1"), ("s_churn", "5"), ("s_noise", "1.01"), ("s_cfg", "4.0"), ("spt_linear_CFG", "1.0"),
                        ("s_stage2", "1.0"), ("color_fix_type", "Wavelet"), ("color_fix_reference", "stage1")),
                    ComputeDevice.Cuda);
                WorkingSize size = WorkingSize.For(96, 96, settings);
                using NetworkPlans plans = new();
                RestorationRun run = new(networks, options, settings, [backend], plans, size, null, default);
                FloatImage image = new(shape[3], shape[2]);
                Layout.ChannelsLast(goldens.Floats("image"), shape).AsSpan().CopyTo(image.Pixels);
                report.Check($"mini run, 20 steps, in {vae} and {diffusion}: the restored picture", Closeness.RelativeL2(expected, run.Restore(image)[0].Pixels), bound);
            });
        }
    }

    /// <summary>Restores raw pixels with the small checkpoint that comes along: IN.rgb WIDTH HEIGHT OUT.rgb, three bytes a pixel, twice the size.</summary>
    public static void File(CudaBackend cuda, string input, int width, int height, string output)
    {
        ModelOptions options = OptionsFile.Load(PathOf("options/SUPIR_mini.yaml"));
        using Restorer restorer = new(options, SupirVariant.Quality, cuda);
        RestorationSettings settings = SettingsResolver.Resolve(options, Flags(("upscale", $"{ScaleOfMini}")), ComputeDevice.Cuda);
        Restored restored = restorer.Restore(new Picture(width, height, System.IO.File.ReadAllBytes(input)), settings);
        System.IO.File.WriteAllBytes(output, restored.Picture.Pixels.ToArray());
        Report.Say($"{output}: {restored.Picture.Width}×{restored.Picture.Height} pixels; {Stages(restored)}");
    }

    /// <summary>A restorer of the published size over weights that follow from their names.</summary>
    public static Restorer OpenFull(IReadOnlyList<IBackend> backends) =>
        new(OptionsFile.Load(PathOf("options/SUPIR_v0.yaml")), backends, SyntheticSource.Open(Golden.PathOf("full.manifest.json")));

    /// <summary>A GPU's default settings with some flags.</summary>
    public static RestorationSettings Settings(params ReadOnlySpan<(string Flag, string Value)> flags) =>
        SettingsResolver.Resolve(OptionsFile.Load(PathOf("options/SUPIR_v0.yaml")), Flags(flags), ComputeDevice.Cuda);

    /// <summary>A picture of fresh random numbers in smooth waves, so that enlarging it is like enlarging a photograph.</summary>
    public static Picture RandomPicture(int side)
    {
        double phase = Random.Shared.NextDouble() * 10;
        byte[] pixels = new byte[side * side * Picture.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(127 + (100 * Math.Sin(phase + (i * 0.0007))) + Random.Shared.Next(28));
        }

        return new Picture(side, side, pixels);
    }

    /// <summary>Restores, and says how long each stage took.</summary>
    public static byte[] Time(string what, Restorer restorer, Picture picture, RestorationSettings settings, out double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        Restored restored = restorer.Restore(picture, settings);
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Report.Say($"{what}: {seconds:f2} s; {Stages(restored)}");
        return restored.Picture.Pixels.ToArray();
    }

    /// <summary>How many bytes differ.</summary>
    public static double Differences(byte[] first, byte[] second) => first.Zip(second).Count(pair => pair.First != pair.Second);

    private static string Stages(Restored restored) =>
        string.Join(", ", restored.Stages.Select(stage => FormattableString.Invariant($"{stage.Stage} {stage.Time.TotalMilliseconds:f0} ms")));

    private static Dictionary<string, string?> Flags(params ReadOnlySpan<(string Flag, string Value)> flags)
    {
        Dictionary<string, string?> all = [];
        foreach ((string flag, string value) in flags)
        {
            all.Add(flag, value);
        }

        return all;
    }

    private static string PathOf(string file) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Golden.PathOf("full.manifest.json"))!, "..", "..", file));
}
