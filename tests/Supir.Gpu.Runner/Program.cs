using Supir.Engine;
using Supir.Engine.Cuda;
using Supir.Gpu.Runner;

// supir-gpu [what…]: ops, mini, full, bench; all of them without a name. Exit code 1 where a check failed, 4 without a GPU.
string[] all = ["ops", "mini", "full", "bench"];
string[] wanted = args.Length == 0 ? all : args;
Report report = new();
try
{
    using CudaBackend cuda = new();
    Report.Say($"{cuda.Description}");
    foreach (string what in wanted)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        switch (what)
        {
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
            case "mini":
                GoldenChecks.Mini(report, cuda);
                break;
            case "full":
                GoldenChecks.Full(report, cuda);
                break;
            case "bench":
                Benchmarks.Run(cuda);
                break;
            default:
                Console.Error.WriteLine($"There is no '{what}'; choose among {string.Join(", ", all)} and ops-without-cudnn.");
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
