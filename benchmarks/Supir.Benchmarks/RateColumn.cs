using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Supir.Benchmarks;

/// <summary>The rate of the best run, in GFLOP/s or as a fraction of the peak: everything else a machine does only slows a run down.</summary>
internal sealed class RateColumn(bool isFraction) : IColumn
{
    /// <inheritdoc/>
    public string Id => $"{nameof(RateColumn)}.{ColumnName}";

    /// <inheritdoc/>
    public string ColumnName => isFraction ? "Of peak" : "GFLOP/s";

    /// <inheritdoc/>
    public string Legend => isFraction
        ? "Rate of the best run over the best peak of multiply-adds that this run of the program measured"
        : "Rate of the best run, of what is executed; a multiplication with its addition counts as two";

    /// <inheritdoc/>
    public UnitType UnitType => UnitType.Dimensionless;

    /// <inheritdoc/>
    public bool AlwaysShow => true;

    /// <inheritdoc/>
    public ColumnCategory Category => ColumnCategory.Custom;

    /// <inheritdoc/>
    public int PriorityInCategory => isFraction ? 1 : 0;

    /// <inheritdoc/>
    public bool IsNumeric => true;

    /// <inheritdoc/>
    public bool IsAvailable(Summary summary) => true;

    /// <inheritdoc/>
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
        {
            return "not measured";
        }

        double peak = MeasuredPeaks.Best((int)benchmarkCase.Parameters[nameof(KernelBenchmarks.Threads)]) / 1e9;
        bool isKernel = benchmarkCase.Descriptor.Type == typeof(KernelBenchmarks);

        // BenchmarkDotNet counts in nanoseconds, and an operation a nanosecond is 1e9 a second.
        double rate = isKernel ? ((KernelShape)benchmarkCase.Parameters[nameof(KernelBenchmarks.Shape)]).ExecutedFlops / statistics.Min : peak;
        return isFraction ? (rate / peak).ToString("P0", CultureInfo.InvariantCulture) : rate.ToString("F1", CultureInfo.InvariantCulture);
    }
}
