using Supir.Engine.Cpu;

namespace Supir.Cli.Bench;

/// <summary>The best peak of multiply-adds that was seen for each number of threads: whatever disturbs a machine only slows the loop down.</summary>
/// <param name="measure">Measures one for a number of threads, in floating-point operations a second.</param>
internal sealed class Peaks(Func<int, double> measure)
{
    private readonly Dictionary<int, double> _best = [];

    /// <summary>Peaks of this processor.</summary>
    public Peaks()
        : this(CpuPeak.Measure)
    {
    }

    /// <summary>The best so far; measured now where there is none.</summary>
    public double this[int threads] => _best.TryGetValue(threads, out double best) ? best : MeasureAgain(threads);

    /// <summary>Measures once more, and returns the best so far.</summary>
    public double MeasureAgain(int threads) => _best[threads] = Math.Max(_best.GetValueOrDefault(threads), measure(threads));

    /// <summary>What of the peak's own gain from one thread to many a speed-up is.</summary>
    /// <param name="threads">The threads.</param>
    /// <param name="speedUp">The rate on them over the rate on one.</param>
    public double ShareOfGain(int threads, double speedUp) => speedUp / (this[threads] / this[1]);
}
