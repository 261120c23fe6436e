using System.Diagnostics;
using Supir.Engine.Cuda;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>Two GPUs against one: the halves of one picture, and pictures of a folder.</summary>
internal static class SeveralGpus
{
    private const int PicturesOfFolder = 8;

    /// <summary>Measures, and checks how much faster two are.</summary>
    public static void Run(Report report)
    {
        using CudaBackend first = new(0);
        using CudaBackend second = new(1);
        using Restorer alone = WholeRuns.OpenFull([first]);
        using Restorer other = WholeRuns.OpenFull([second]);
        using Restorer both = WholeRuns.OpenFull([first, second]);
        foreach (Restorer restorer in new[] { alone, other, both })
        {
            restorer.KeepsNetworks = true;
        }

        foreach ((int side, string steps, double least) in new[] { (1024, "50", 1.4), (2048, "50", 1.7) })
        {
            report.Guard($"one picture at {side}²", () => OnePicture(report, alone, both, side, steps, least));
        }

        report.Guard("folder", () => Folder(report, alone, other));
    }

    private static void OnePicture(Report report, Restorer alone, Restorer both, int side, string steps, double least)
    {
        RestorationSettings settings = WholeRuns.Settings(("edm_steps", steps), ("min_size", $"{side}"));
        Picture picture = WholeRuns.RandomPicture(side);
        byte[] expected = WholeRuns.Time($"{side}², {steps} steps, one GPU, first", alone, picture, settings, out _);
        byte[] found = WholeRuns.Time($"{side}², {steps} steps, two GPUs, first", both, picture, settings, out _);
        WholeRuns.Time($"{side}², {steps} steps, one GPU", alone, picture, settings, out double one);
        byte[] again = WholeRuns.Time($"{side}², {steps} steps, two GPUs", both, picture, settings, out double two);
        report.Check($"{side}²: two GPUs give the same bytes again", WholeRuns.Differences(found, again), 0);
        double error = Closeness.RelativeL2(Array.ConvertAll(expected, x => (float)x), Array.ConvertAll(found, x => (float)x));
        report.Check($"{side}²: two GPUs give the picture of one", error, 2e-2);
        Report.Say($"{side}²: two GPUs are {one / two:f2} times as fast");
        report.Check($"{side}²: one to two, at least {least}", two / one, 1 / least);
    }

    private static void Folder(Report report, Restorer alone, Restorer other)
    {
        RestorationSettings settings = WholeRuns.Settings(("edm_steps", "20"), ("min_size", "1024"));
        Picture[] pictures = [.. Enumerable.Range(0, PicturesOfFolder).Select(_ => WholeRuns.RandomPicture(1024))];
        Restorer[] restorers = [alone, other];
        Array.ForEach(restorers, restorer => restorer.Restore(pictures[0], settings));
        double one = Seconds([alone], pictures, settings);
        double two = Seconds(restorers, pictures, settings);
        Report.Say($"{PicturesOfFolder} pictures at 1024², 20 steps: one GPU {one:f2} s, two {two:f2} s, {one / two:f2} times as fast");
        report.Check("a folder: one to two, at least 1.9", two / one, 1 / 1.9);
    }

    private static double Seconds(Restorer[] restorers, Picture[] pictures, RestorationSettings settings)
    {
        long start = Stopwatch.GetTimestamp();
        int next = -1;
        Thread[] threads = [.. restorers.Select(restorer => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i < pictures.Length; i = Interlocked.Increment(ref next))
            {
                restorer.Restore(pictures[i], settings);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
