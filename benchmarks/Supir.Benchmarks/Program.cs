using BenchmarkDotNet.Running;
using Supir.Benchmarks;

// With "serve", measurements on request, for benchmarks/compare.sh; otherwise BenchmarkDotNet and its own arguments.
if (args is ["serve"])
{
    MeasurementService.Run(Console.In, Console.Out);
}
else
{
    BenchmarkSwitcher.FromTypes([typeof(PeakBenchmarks), typeof(KernelBenchmarks)]).Run(args.Length == 0 ? ["--filter", "*"] : args);
}
