using BenchmarkDotNet.Attributes;

namespace Supir.Benchmarks;

/// <summary>Every shape on one thread and on all.</summary>
/// <remarks>Not sealed: BenchmarkDotNet derives from it.</remarks>
[Config(typeof(RateConfiguration))]
public class KernelBenchmarks : IDisposable
{
    private CompiledKernel? _kernel;

    /// <summary>The shapes of benchmarks/shapes.txt.</summary>
    public static IReadOnlyList<KernelShape> Shapes { get; } = KernelShape.ReadAll();

    /// <summary>One thread, and all that this process may use.</summary>
    public static IReadOnlyList<int> ThreadCounts => Environment.ProcessorCount == 1 ? [1] : [1, Environment.ProcessorCount];

    /// <summary>The shape that is measured.</summary>
    [ParamsSource(nameof(Shapes))]
    public KernelShape Shape { get; set; } = Shapes[0];

    /// <summary>Threads that work on it.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; } = 1;

    /// <summary>Compiles the operation, and measures the peak that it is compared with.</summary>
    [GlobalSetup]
    public void Compile()
    {
        MeasuredPeaks.Measure(Threads);
        _kernel = new CompiledKernel(Shape, Threads);
    }

    /// <summary>Runs it once.</summary>
    [Benchmark]
    public void Run() => _kernel!.Run();

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _kernel?.Dispose();
        GC.SuppressFinalize(this);
    }
}
