using BenchmarkDotNet.Attributes;

namespace Supir.Benchmarks;

/// <summary>The loop of independent multiply-adds that everything else is a fraction of. Its time is that of several repetitions; its
/// rate is the best one's.</summary>
[Config(typeof(RateConfiguration))]
public class PeakBenchmarks
{
    /// <summary>One thread, and all that this process may use.</summary>
    public static IReadOnlyList<int> ThreadCounts => KernelBenchmarks.ThreadCounts;

    /// <summary>Threads that run at once.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; } = 1;

    /// <summary>Floating-point operations a second.</summary>
    [Benchmark]
    public double Peak() => MeasuredPeaks.Measure(Threads);
}
