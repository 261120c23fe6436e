using System.Globalization;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Cli.Bench;

/// <summary>The shapes that carry the work, on one thread and on all, as fractions of the measured peak.</summary>
internal static class KernelBench
{
    /// <summary>Each shape is measured so many times, some seconds apart: what disturbs a machine rarely lasts that long.</summary>
    private const int Rounds = 3;

    private static readonly TimeSpan TimePerCase = TimeSpan.FromSeconds(0.2);

    /// <summary>Measures and writes a line a shape.</summary>
    /// <param name="peaks">Threads, and the peak that was measured for so many.</param>
    /// <param name="isWanted">Whether to measure what has a name.</param>
    /// <param name="output">Where the table goes.</param>
    /// <param name="stop">Asked between operations.</param>
    public static void Run(IReadOnlyList<(int Threads, double Peak)> peaks, Predicate<string> isWanted, TextWriter output, CancellationToken stop)
    {
        foreach ((int threads, double peak) in peaks)
        {
            using CpuBackend backend = new(threads);
            List<Kernel> kernels = [];
            try
            {
                foreach (KernelCase item in KernelCase.All.Where(item => isWanted($"{item.Kind} {item.Name}")))
                {
                    kernels.Add(new Kernel(item, backend));
                }

                for (int round = 0; round < Rounds; round++)
                {
                    kernels.ForEach(kernel => kernel.Best = Math.Min(kernel.Best, PlanTimer.Best(kernel.Plan, TimePerCase, stop)));
                }

                foreach (Kernel kernel in kernels)
                {
                    double rate = kernel.Plan.Flops / kernel.Best;
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{threads,2} threads  {kernel.Case.Kind,-10} {kernel.Case.Name,-32} {rate / 1e9,7:F1} GFLOP/s  {rate / peak,5:P0} of peak"));
                }
            }
            finally
            {
                kernels.ForEach(kernel => kernel.Dispose());
            }
        }
    }

    private sealed class Kernel : IDisposable
    {
        public Kernel(KernelCase item, CpuBackend backend)
        {
            Case = item;
            Graph graph = new();
            item.Describe(graph);
            Plan = backend.Compile(graph);
            PlanTimer.FillInputs(Plan, graph);
        }

        public KernelCase Case { get; }

        public CpuPlan Plan { get; }

        public double Best { get; set; } = double.PositiveInfinity;

        public void Dispose() => Plan.Dispose();
    }
}
