using System.Diagnostics;

namespace Supir.Restoration;

/// <summary>Turns the arithmetic that is done into what a person wants to know, and keeps the time of each stage.</summary>
internal sealed class ProgressMeter(double totalFlops, IProgress<RestorationProgress>? listener)
{
    /// <summary>No estimate before this much is done: the first numbers would be of loading, not of computing.</summary>
    private const double LeastFractionToGoBy = 0.01;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<StageTime> _stages = [];
    private long _stageStart;
    private RestorationStage _stage;
    private double _done;
    private int _step;
    private int _steps;

    /// <summary>The stages that have ended, with their times; a stage that was entered twice has the sum.</summary>
    public IReadOnlyList<StageTime> Stages =>
        [.. _stages.GroupBy(time => time.Stage).Select(times => new StageTime(times.Key, times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time.Time)))];

    /// <summary>Runs a stage.</summary>
    public T Run<T>(RestorationStage stage, int steps, Func<T> work)
    {
        _stage = stage;
        _step = 0;
        _steps = steps;
        _stageStart = Stopwatch.GetTimestamp();
        Report(0);
        T result = work();
        _stages.Add(new StageTime(stage, Stopwatch.GetElapsedTime(_stageStart)));
        return result;
    }

    /// <summary>Says that some arithmetic is done.</summary>
    public void Advance(double flops)
    {
        _done += flops;
        Report(0);
    }

    /// <summary>Says that a step of the stage is done.</summary>
    public void AdvanceStep(int step)
    {
        _step = step;
        Report(0);
    }

    /// <summary>A listener for a plan that takes so much arithmetic, whose end is yet to be told by <see cref="Advance"/>.</summary>
    public IProgress<double> Within(double flops) => new Part(this, flops);

    private void Report(double doneWithin)
    {
        if (listener is null)
        {
            return;
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        double fraction = Math.Clamp((_done + doneWithin) / totalFlops, 0, 1);
        TimeSpan? remaining = fraction is < LeastFractionToGoBy or >= 1 ? null : elapsed * ((1 - fraction) / fraction);
        listener.Report(new RestorationProgress(_stage, _step, _steps, fraction, elapsed, remaining));
    }

    private sealed class Part(ProgressMeter meter, double flops) : IProgress<double>
    {
        public void Report(double value) => meter.Report(value * flops);
    }
}
