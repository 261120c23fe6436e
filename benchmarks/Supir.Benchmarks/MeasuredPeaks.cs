using System.Collections.Concurrent;
using Supir.Engine.Cpu;

namespace Supir.Benchmarks;

/// <summary>The peaks of this run: the best that was seen for each number of threads.</summary>
internal static class MeasuredPeaks
{
    private static readonly ConcurrentDictionary<int, double> Peaks = new();

    /// <summary>Measures once more and returns what this measurement gave, in floating-point operations a second.</summary>
    public static double Measure(int threads)
    {
        double peak = CpuPeak.Measure(threads);
        Peaks.AddOrUpdate(threads, peak, (_, before) => Math.Max(before, peak));
        return peak;
    }

    /// <summary>The best so far.</summary>
    public static double Best(int threads) => Peaks[threads];
}
