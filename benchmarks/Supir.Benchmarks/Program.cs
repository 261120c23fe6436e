using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Supir.Benchmarks;

// With "serve", measurements on request, for benchmarks/compare.sh; otherwise BenchmarkDotNet and its own arguments.
if (args is ["serve"])
{
    MeasurementService.Run(Console.In, Console.Out);
}
else
{
    // Beside the build's own output, which git ignores.
    string results = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../benchmarks"));
    BenchmarkSwitcher.FromTypes([typeof(PeakBenchmarks), typeof(KernelBenchmarks)])
        .Run(args.Length == 0 ? ["--filter", "*"] : args, DefaultConfig.Instance.WithArtifactsPath(results));
}
