using System.Diagnostics;
using Supir.Restoration;
using Supir.Server.Api.Contract;

namespace Supir.Server.Jobs;

/// <summary>Passes progress on to a job's feed, ten times a second and at every new step.</summary>
internal sealed class ProgressRelay(JobFeed? feed) : IProgress<RestorationProgress>
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private long _last;
    private (RestorationStage, int)? _lastStep;

    /// <inheritdoc/>
    public void Report(RestorationProgress value)
    {
        if (feed is null || (_lastStep == (value.Stage, value.Step) && Stopwatch.GetElapsedTime(_last) < LeastPause))
        {
            return;
        }

        (_last, _lastStep) = (Stopwatch.GetTimestamp(), (value.Stage, value.Step));
        double? left = value.Remaining is TimeSpan remaining ? Math.Round(remaining.TotalSeconds, 1) : null;
        feed.Report(new JobProgress(Math.Round(value.Fraction, 4), NameOf(value.Stage), value.Step, value.Steps, left));
    }

    /// <summary>What a stage is called in the API.</summary>
    public static string NameOf(RestorationStage stage) => stage.ToString().ToLowerInvariant();
}
