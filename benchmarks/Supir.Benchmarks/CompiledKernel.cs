using System.Diagnostics;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Benchmarks;

/// <summary>A shape, compiled for a number of threads and with numbers in its input.</summary>
internal sealed class CompiledKernel : IDisposable
{
    private readonly CpuBackend _backend;
    private readonly CpuPlan _plan;

    /// <summary>Compiles it and runs it once, so that its code is compiled and its memory is touched.</summary>
    public CompiledKernel(KernelShape shape, int threads)
    {
        Graph graph = shape.Describe();
        _backend = new CpuBackend(threads);
        _plan = _backend.Compile(graph);
        Random random = new(1);
        foreach ((string name, Value input) in graph.Inputs)
        {
            float[] elements = new float[input.Shape.ElementCount];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = random.NextSingle() - 0.5f;
            }

            _plan.SetInput(name, elements);
        }

        _plan.Run();
    }

    /// <summary>Runs it once.</summary>
    public void Run() => _plan.Run();

    /// <summary>Runs it for at least some time and returns the seconds of the best run.</summary>
    public double BestOf(TimeSpan time)
    {
        long begin = Stopwatch.GetTimestamp();
        double best = double.PositiveInfinity;
        do
        {
            long start = Stopwatch.GetTimestamp();
            _plan.Run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(begin) < time);
        return best;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _backend.Dispose();
    }
}
