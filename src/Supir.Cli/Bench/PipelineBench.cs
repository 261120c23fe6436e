using System.Diagnostics;
using System.Globalization;
using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Cli.Bench;

/// <summary>Whole restorations with the small checkpoint.</summary>
internal static class PipelineBench
{
    /// <summary>Seconds that the reference took for the first run below, under PyTorch on two cores of a server with AVX-512.</summary>
    private const double ReferenceSeconds = 20;

    private const string Name = "small model";

    /// <summary>Measures and writes a line a run.</summary>
    public static void Run(int threads, Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        if (!isWanted(Name))
        {
            return;
        }

        ModelOptions options = OptionsFile.Load(ShippedFiles.DefaultOptions);
        using CpuBackend backend = new(threads);
        using Restorer restorer = new(options, SupirVariant.Quality, backend);
        double golden = Time(restorer, options, 96, stop,
            ("min_size", "256"), ("edm_steps", "20"), ("s_stage1", "-1"), ("s_churn", "5"), ("s_noise", "1.01"), ("s_cfg", "4"), ("spt_linear_CFG", "1"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}, 256x256, 20 steps, both halves: {golden:F2} s; the reference under PyTorch took {ReferenceSeconds:F0} s on two such cores: {ReferenceSeconds / golden:F1} times"));
        foreach (string steps in new[] { "8", "20" })
        {
            double seconds = Time(restorer, options, 128, stop, ("min_size", "512"), ("edm_steps", steps));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name}, 512x512, {steps} steps: {seconds:F2} s"));
        }
    }

    private static double Time(Restorer restorer, ModelOptions options, int side, CancellationToken stop, params (string Flag, string Value)[] flags)
    {
        byte[] pixels = new byte[side * side * Picture.Channels];
        new Random(1).NextBytes(pixels);
        Picture picture = new(side, side, pixels);
        RestorationSettings settings = SettingsResolver.Resolve(
            options, flags.ToDictionary(flag => flag.Flag, flag => (string?)flag.Value), ComputeDevice.Cpu);
        restorer.Restore(picture, settings with { Steps = 1 }, cancellationToken: stop);
        long start = Stopwatch.GetTimestamp();
        restorer.Restore(picture, settings, cancellationToken: stop);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
