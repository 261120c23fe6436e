using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Supir.Benchmarks;

/// <summary>A few runs of each case within this process, and columns for GFLOP/s and the fraction of the peak.</summary>
/// <remarks>One run takes from ten milliseconds to seconds, so that it is an iteration of its own. A process for each case would build
/// a project for each, and could not keep the peaks.</remarks>
public sealed class RateConfiguration : ManualConfig
{
    private const int WarmUps = 1;
    private const int Iterations = 7;
    private const int LongestShape = 40;

    /// <summary>Makes the configuration.</summary>
    public RateConfiguration()
    {
        AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithStrategy(RunStrategy.Monitoring)
            .WithWarmupCount(WarmUps)
            .WithIterationCount(Iterations)
            .WithInvocationCount(1)
            .WithUnrollFactor(1));
        AddColumn(new RateColumn(isFraction: false), new RateColumn(isFraction: true), StatisticColumn.Min);
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestShape));
    }
}
