using System.Globalization;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Cli.Bench;

/// <summary>The shapes that carry the work, on one thread and on all, as fractions of the measured peak.</summary>
internal static class KernelBench
{
    /// <summary>Each shape is measured so many times, some seconds apart: what disturbs a machine rarely lasts that long.</summary>
    private const int Rounds = 6;

    private static readonly TimeSpan TimePerCase = TimeSpan.FromSeconds(0.2);

    /// <summary>Measures and writes a line a shape.</summary>
    /// <param name="threadCounts">One thread, and all where there are more.</param>
    /// <param name="peaks">The peaks so far; they are measured again beside the kernels.</param>
    /// <param name="isWanted">Whether to measure what has a name.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public static void Run(
        IReadOnlyList<int> threadCounts, Peaks peaks, Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        KernelCase[] cases = [.. KernelCase.All.Where(item => isWanted($"{item.Kind} {item.Name}"))];
        double[]? onOneThread = null;
        foreach (int threads in cases.Length == 0 ? [] : threadCounts)
        {
            (double[] rates, double[] direct) = Rates(cases, threads, stop);
            double peak = peaks.MeasureAgain(threads);
            for (int i = 0; i < cases.Length; i++)
            {
                string gain = onOneThread is null ? "" : string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {rates[i] / onOneThread[i]:F2} times one thread, {peaks.ShareOfGain(threads, rates[i] / onOneThread[i]):F2} of what the peak gains");
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{threads,2} threads  {cases[i].Kind,-10} {cases[i].Name,-32} {rates[i] / 1e9,7:F1} GFLOP/s  {rates[i] / peak,5:P0} of peak{DirectRate.Describe(rates[i], direct[i])}{gain}"));
            }

            onOneThread ??= rates;
        }
    }

    /// <summary>Operations a second: those executed, and those of the direct sums.</summary>
    private static (double[] Executed, double[] Direct) Rates(KernelCase[] cases, int threads, CancellationToken stop)
    {
        using CpuBackend backend = new(threads);
        List<Kernel> kernels = [];
        try
        {
            kernels.AddRange(cases.Select(item => new Kernel(item, backend)));
            for (int round = 0; round < Rounds; round++)
            {
                kernels.ForEach(kernel => kernel.Best = Math.Min(kernel.Best, PlanTimer.Best(kernel.Plan, TimePerCase, stop)));
            }

            return ([.. kernels.Select(kernel => kernel.Plan.Flops / kernel.Best)], [.. kernels.Select(kernel => kernel.DirectFlops / kernel.Best)]);
        }
        finally
        {
            kernels.ForEach(kernel => kernel.Dispose());
        }
    }

    private sealed class Kernel : IDisposable
    {
        public Kernel(KernelCase item, CpuBackend backend)
        {
            Graph graph = new();
            item.Describe(graph);
            DirectFlops = GraphCost.Flops(graph);
            Plan = backend.Compile(graph);
            PlanTimer.FillInputs(Plan, graph);
        }

        public double DirectFlops { get; }

        public CpuPlan Plan { get; }

        public double Best { get; set; } = double.PositiveInfinity;

        public void Dispose() => Plan.Dispose();
    }
}
