using System.Globalization;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Cli.Bench;

/// <summary>The shapes that carry the work, on one thread and on all, as fractions of the measured peak.</summary>
internal static class KernelBench
{
    private static readonly TimeSpan TimePerCase = TimeSpan.FromSeconds(0.5);

    /// <summary>Measures and writes a line a shape.</summary>
    /// <param name="peaks">Threads, and the peak that was measured for so many.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public static void Run(IReadOnlyList<(int Threads, double Peak)> peaks, TextWriter output, CancellationToken stop)
    {
        foreach ((int threads, double peak) in peaks)
        {
            using CpuBackend backend = new(threads);
            foreach (KernelCase item in KernelCase.All)
            {
                Graph graph = new();
                item.Describe(graph);
                using CpuPlan plan = backend.Compile(graph);
                PlanTimer.FillInputs(plan, graph);
                double rate = plan.Flops / PlanTimer.Best(plan, TimePerCase, stop);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{threads,2} threads  {item.Kind,-10} {item.Name,-32} {rate / 1e9,7:F1} GFLOP/s  {rate / peak,5:P0} of peak"));
            }
        }
    }
}
