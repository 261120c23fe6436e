using System.Diagnostics;
using System.Globalization;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;

namespace Supir.Cli.Bench;

/// <summary>Whole restorations with the small checkpoint.</summary>
/// <param name="Threads">Threads.</param>
/// <param name="Peaks">The peaks so far.</param>
/// <param name="ShowProfile">Whether to say where the time went.</param>
internal sealed record PipelineBench(int Threads, Peaks Peaks, bool ShowProfile)
{
    /// <summary>Seconds that the reference took for the first run below, under PyTorch on two cores of a server with AVX-512.</summary>
    private const double ReferenceSeconds = 20;

    private const string Name = "small model";
    private const string LongRun = "20";

    /// <summary>Runs of the longest restoration, here and as a process of its own.</summary>
    private const int Turns = 3;

    /// <summary>Measures and writes a line a run.</summary>
    /// <param name="isWanted">Whether to measure what has a name.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public void Run(Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        if (!isWanted(Name))
        {
            return;
        }

        ModelOptions options = OptionsFile.Load(ShippedFiles.DefaultOptions);
        using CpuBackend backend = new(Threads);
        using Restorer restorer = new(options, SupirVariant.Quality, backend);
        Profile profile = new();
        double Time(Picture picture, params (string Flag, string Value)[] flags)
        {
            RestorationSettings settings = SettingsResolver.Resolve(
                options, flags.ToDictionary(flag => flag.Flag, flag => (string?)flag.Value), ComputeDevice.Cpu);
            restorer.Restore(picture, settings with { Steps = 1 }, cancellationToken: stop);
            backend.Profile = profile = new Profile();
            long start = Stopwatch.GetTimestamp();
            restorer.Restore(picture, settings, cancellationToken: stop);
            backend.Profile = null;
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        double golden = Time(
            PictureOf(96), ("min_size", "256"), ("edm_steps", LongRun), ("s_stage1", "-1"), ("s_churn", "5"), ("s_noise", "1.01"), ("s_cfg", "4"), ("spt_linear_CFG", "1"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}, 256x256, 20 steps, both halves: {golden:F2} s; the reference under PyTorch took {ReferenceSeconds:F0} s on two such cores: {ReferenceSeconds / golden:F1} times"));
        Picture small = PictureOf(128);
        double eight = Time(small, ("min_size", "512"), ("edm_steps", "8"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name}, 512x512, 8 steps: {eight:F2} s"));

        // In turns, since a machine is not equally fast all the time.
        double twenty = double.PositiveInfinity;
        (double Whole, double Products) best = (double.PositiveInfinity, 0);
        for (int turn = 0; turn < Turns; turn++)
        {
            twenty = Math.Min(twenty, Time(small, ("min_size", "512"), ("edm_steps", LongRun)));
            (double Whole, double Products) process = TimeWhole(small, stop);
            best = process.Whole < best.Whole ? process : best;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}, 512x512, 20 steps: {twenty:F2} s; the whole process {best.Whole:F2} s, {1 - (best.Products / best.Whole):P1} of it outside matrix products, convolutions and attention"));
        if (ShowProfile)
        {
            ProfileTable.Write(profile, Peaks.MeasureAgain(Threads), output);
        }
    }

    private static Picture PictureOf(int side)
    {
        byte[] pixels = new byte[side * side * Picture.Channels];
        new Random(1).NextBytes(pixels);
        return new Picture(side, side, pixels);
    }

    private (double Whole, double Products) TimeWhole(Picture picture, CancellationToken stop)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("supir-bench-");
        try
        {
            stop.ThrowIfCancellationRequested();
            string source = Path.Combine(folder.FullName, "source.png");
            PictureFile.Save(picture, source);
            return WholeProcess.Time(
                Path.Combine(folder.FullName, "products"),
                "restore", source, "-o", Path.Combine(folder.FullName, "result.png"), "--min_size", "512", "--edm_steps", LongRun, "--device", "cpu",
                "--threads", Threads.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
