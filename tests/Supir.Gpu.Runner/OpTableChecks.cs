using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>Every operation of the op table on the GPU against its scalar definition, with fresh random inputs and poisoned memory.</summary>
internal static class OpTableChecks
{
    /// <summary>What half precision allows: weights and inputs are rounded as well, and a case is a few operations deep.</summary>
    private const double HalfBound = 4e-3;

    /// <summary>Runs the table in one number format, each case eagerly and as a recorded graph.</summary>
    public static void Run(Report report, CudaBackend cuda, DType type) =>
        Run(report, cuda, PlanOptions.In(type), type switch { DType.Float32 => 5e-6, DType.Float16 => HalfBound, _ => 3e-2 });

    /// <summary>Runs the table with options, each case eagerly and as a recorded graph.</summary>
    public static void Run(Report report, CudaBackend cuda, PlanOptions options, double bound)
    {
        string type = $"{options.Values}{(options.Weights == WeightPrecision.AsStored ? "" : $", {options.Weights}")}";
        double worst = 0;
        int before = report.Passed;
        using ReferenceBackend reference = new();
        foreach (OpCase item in OpTable.Cases)
        {
            try
            {
                int seed = Random.Shared.Next();
                Graph graph = item.Build(seed);
                double error = ErrorOf(graph, seed, reference, cuda, options) / item.Amplification;
                worst = Math.Max(worst, error);
                report.Check($"{type} {item.Name}", error, KeepsHalves(graph) ? Math.Max(bound, HalfBound) : bound, showsPass: false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                report.Fail($"{type} {item.Name}", exception);
            }
        }

        Report.Say($"op table in {type}: {report.Passed - before} of {OpTable.Cases.Count} cases agree, worst {worst:e2} (at most {bound:e1})");
    }

    // The definition rounds such a state to half precision, a GPU keeps it in the format of its values.
    private static bool KeepsHalves(Graph graph) =>
        graph.Values.Any(value => value.Producer is AppendNode { State.Type: DType.Float16 });

    private static double ErrorOf(Graph graph, int seed, ReferenceBackend reference, CudaBackend cuda, PlanOptions options)
    {
        Dictionary<string, float[]> inputs = OpCase.InputsFor(graph, seed + 1);
        Dictionary<string, float[]> expected = OpCase.Run(reference, graph, inputs);
        using CudaPlan plan = cuda.Compile(graph, options);
        plan.Poison();
        double worst = 0;
        for (int run = 0; run < 3; run++)
        {
            foreach ((string name, float[] elements) in inputs)
            {
                plan.SetInput(name, elements);
            }

            plan.Run();
            foreach ((string name, float[] elements) in OpCase.Read(plan, graph))
            {
                // Results are of about 1; where a few of them cancel to less, the error is what 1 has.
                double norm = Math.Sqrt(expected[name].Sum(x => (double)x * x));
                double error = Closeness.RelativeL2(expected[name], elements) * Math.Min(1, norm / Math.Sqrt(elements.Length));
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
        }

        return worst;
    }
}
