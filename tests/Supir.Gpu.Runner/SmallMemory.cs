using System.Diagnostics;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Engine.Graphs;
using Supir.Models.Control;
using Supir.Models.Tokenizers;
using Supir.Models.UNet;
using Supir.Models.Vae;
using Supir.Testing;

namespace Supir.Gpu.Runner;

/// <summary>How much of the GPU's memory plans at 1024×1024 take, against what was said before, and what streaming costs.</summary>
internal static class SmallMemory
{
    /// <summary>How far the memory in use may be from what was said.</summary>
    private const double MostDifference = 0.03;

    /// <summary>What libraries take for themselves when they are first used.</summary>
    private const double LibraryBytes = 1e8;

    /// <summary>Measures step plans in every precision, with and without weights that are streamed, and the autoencoder.</summary>
    public static void Run(Report report, CudaBackend cuda)
    {
        long atStart = InUse(cuda);
        Report.Say($"{atStart / 1e9:f2} GB of the GPU in use before any plan");
        GoldenTensors goldens = GoldenTensors.Open("full.safetensors");
        ControlledUNet diffusion = new(GoldenChecks.OpenFull(), UNetConfig.SdxlBase, UNetConfig.SdxlBase);
        foreach ((string name, PlanOptions options, double bound) in new[]
        {
            ("fp16", new PlanOptions { Values = DType.Float16 }, 3e-3),
            ("fp16, 3.5 GB of weights resident", new PlanOptions { Values = DType.Float16, ResidentWeightBytes = 3_500_000_000 }, 3e-3),
            ("fp16, nothing resident", new PlanOptions { Values = DType.Float16, ResidentWeightBytes = 0 }, 3e-3),
            ("int8", new PlanOptions { Values = DType.Float16, Weights = WeightPrecision.EightBit }, 1e-2),
            ("int8, 1.5 GB of weights resident", new PlanOptions { Values = DType.Float16, Weights = WeightPrecision.EightBit, ResidentWeightBytes = 1_500_000_000 }, 1e-2),
            ("8-bit floats", new PlanOptions { Values = DType.Float16, Weights = WeightPrecision.Float8 }, 5e-2),
        })
        {
            if (options.Weights == WeightPrecision.Float8 && !cuda.MultipliesFloat8)
            {
                continue;
            }

            report.Guard(name, () =>
            {
                GoldenChecks.FullNetwork(report, cuda, diffusion, goldens, options, bound, onlyResult: true);
                Graph graph = diffusion.Describe(2, 128, 128, ClipTokenizer.ContextLength);
                long start = Stopwatch.GetTimestamp();
                using CudaPlan plan = cuda.Compile(graph, options);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                Benchmarks.Fill(plan, 128);
                double milliseconds = Benchmarks.Time(plan, 5);
                Compare(report, $"step at 1024², {name}", cuda, atStart, cuda.Measure(graph, options));
                Report.Say($"  {milliseconds:f1} ms a step, {cuda.StreamedWeightBytes / 1e9:f2} GB in pinned memory, plan in {seconds:f1} s");
            });
        }

        Autoencoder vae = new(GoldenChecks.OpenFull(), VaeConfig.Sdxl);
        foreach ((string name, Graph graph) in new[] { ("decode", vae.DescribeDecoding(1, 128, 128)), ("encode", vae.DescribeEncoding(1, 1024, 1024, denoise: true)) })
        {
            report.Guard(name, () =>
            {
                using CudaPlan plan = cuda.Compile(graph, PlanOptions.In(DType.BFloat16));
                plan.Run();
                plan.Synchronize();
                Compare(report, $"{name} at 1024², bf16", cuda, atStart, cuda.Measure(graph, PlanOptions.In(DType.BFloat16)));
            });
        }
    }

    private static void Compare(Report report, string what, CudaBackend cuda, long before, PlanNeed need)
    {
        long used = InUse(cuda);
        Report.Say($"{what}: {used / 1e9:f2} GB in use in all, {(used - before) / 1e9:f2} since the start; said: {need.TotalBytes / 1e9:f2} GB (weights {need.WeightBytes / 1e9:f2})");
        report.Check($"{what}: need is known", Math.Abs(used - before - need.TotalBytes) / (double)used, MostDifference + (LibraryBytes / used));
    }

    private static long InUse(CudaBackend cuda)
    {
        (long free, long total) = cuda.Memory();
        return total - free;
    }
}
