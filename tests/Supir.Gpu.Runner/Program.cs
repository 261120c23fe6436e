using System.Globalization;
using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Gpu.Runner;

// supir-gpu [what…]: see docs/gpu.md; without a name the checks and benchmarks. Exit code 1 where a check failed, 4 without a GPU.
string[] all = ["kernels", "ops", "eight-ops", "mini", "full", "eight", "memory", "language", "bench", "mini-run", "restore", "restore-memory"];
string[] wanted = args.Length == 0 ? all : args;
Report report = new();
try
{
    if (wanted is ["write", string destination])
    {
        LoadBenchmark.Write(destination);
        return 0;
    }

    using CudaBackend cuda = new();
    Report.Say($"{cuda.Description}");
    if (wanted is ["load", string path, ..])
    {
        LoadBenchmark.Load(cuda, path, new PlanOptions { Values = DType.Float16, Weights = wanted.Contains("Float8") ? WeightPrecision.Float8 : WeightPrecision.AsStored });
        return 0;
    }

    if (wanted is ["restore-file", string input, string width, string height, string output])
    {
        WholeRuns.File(cuda, input, int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture), output);
        return 0;
    }

    foreach (string what in wanted)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        switch (what)
        {
            case "kernels":
                KernelChecks.Run(report);
                break;
            case "ops":
                OpTableChecks.Run(report, cuda, DType.Float32);
                OpTableChecks.Run(report, cuda, DType.Float16);
                OpTableChecks.Run(report, cuda, DType.BFloat16);
                break;
            case "ops-without-cudnn":
                using (CudaBackend own = new(0, DType.Float16, new CudaBackendOptions(UsesCudnn: false)))
                {
                    OpTableChecks.Run(report, own, DType.Float16);
                }

                break;
            case "eight-ops":
                EightBitChecks.Operations(report, CudaBackendOptions.Default);
                break;
            case "eight-ops-without-cudnn":
                EightBitChecks.Operations(report, CudaBackendOptions.Default with { UsesCudnn = false });
                break;
            case "eight":
                EightBitChecks.Networks(report, cuda);
                break;
            case "memory":
                SmallMemory.Run(report, cuda);
                break;
            case "mini":
                GoldenChecks.Mini(report, cuda);
                break;
            case "full":
                GoldenChecks.Full(report, cuda);
                break;
            case "language":
                LanguageChecks.Golden(report);
                LanguageChecks.Converted(report);
                LanguageChecks.Bench(cuda, WeightPrecision.FourBit);
                LanguageChecks.Bench(cuda, WeightPrecision.EightBit);
                break;
            case "bench-without-cudnn":
                using (CudaBackend own = new(0, DType.Float16, new CudaBackendOptions(UsesCudnn: false)))
                {
                    Benchmarks.Step(own, 128, profile: true);
                }

                break;
            case "bench":
                Benchmarks.Run(cuda);
                break;
            case "mini-run":
                WholeRuns.Mini(report, cuda);
                break;
            case "restore":
                WholeRuns.Full(report, cuda);
                break;
            case "restore-memory":
                WholeRuns.Memory(report, cuda);
                break;
            case "several":
                SeveralGpus.Run(report);
                break;
            default:
                Console.Error.WriteLine($"There is no '{what}'; choose among {string.Join(", ", all)}, ops-without-cudnn, eight-ops-without-cudnn, bench-without-cudnn, several (two GPUs), write FILE, load FILE and restore-file IN.rgb WIDTH HEIGHT OUT.rgb.");
                return 2;
        }

        Report.Say($"-- {what}: {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s, {cuda.CompiledKernels} kernel files compiled{(cuda.LastRefusal is string refusal ? $"; cuDNN refused {refusal}" : "")}");
    }
}
catch (DeviceException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 4;
}

Report.Say($"{report.Passed} checks passed, {report.Failed} failed.");
return report.Failed == 0 ? 0 : 1;
