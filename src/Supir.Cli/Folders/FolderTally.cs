using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Restoration;

namespace Supir.Cli.Folders;

/// <summary>Counts what became of the pictures of a folder, shows how far they are, and keeps the log.</summary>
internal sealed class FolderTally
{
    private readonly int _total;
    private readonly FolderLog? _log;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _underway = [];
    private readonly List<FolderOutcome> _failures = [];
    private int _done;
    private int _skipped;

    /// <summary>Begins with nothing done.</summary>
    /// <param name="total">How many pictures there are.</param>
    /// <param name="log">Where each outcome is written, if anywhere.</param>
    public FolderTally(int total, FolderLog? log)
    {
        _total = total;
        _log = log;
    }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Pictures that were restored and written.</summary>
    public int Done => _done;

    /// <summary>Pictures that were there already.</summary>
    public int Skipped => _skipped;

    /// <summary>Pictures that failed.</summary>
    public IReadOnlyList<FolderOutcome> Failures => _failures;

    /// <summary>The gravest failure's exit code; 0 where there is none.</summary>
    public int ExitCode => _failures.Max(failure => failure.Fault?.ExitCode) ?? ExitCodes.Done;

    /// <summary>Counts an outcome.</summary>
    public void Add(FolderOutcome outcome)
    {
        lock (_gate)
        {
            _underway.Remove(outcome.Picture.Name);
            switch (outcome.State)
            {
                case PictureState.Done:
                    _done++;
                    break;
                case PictureState.Skipped:
                    _skipped++;
                    break;
                default:
                    _failures.Add(outcome);
                    break;
            }

            _log?.Write(outcome);
        }
    }

    /// <summary>How far everything is, now that a picture is so far.</summary>
    public ProgressReport Report(FolderPicture picture, RestorationProgress progress)
    {
        lock (_gate)
        {
            _underway[picture.Name] = progress.Fraction;
            double under = _underway.Values.Sum();
            int settled = _done + _skipped + _failures.Count;
            double fraction = (settled + under) / _total;

            // What was skipped took no time, so that it says nothing about the rest.
            double worked = _done + under;
            double left = _total - settled - under;
            string remaining = worked > 0.05 ? $"; all: about {Durations.Rough(Elapsed * (left / worked))} left" : "";
            string failed = _failures.Count > 0 ? $", {_failures.Count} failed" : "";
            return new ProgressReport(
                Math.Clamp(fraction, 0, 1), $"{settled + 1} of {_total}{failed}: {picture.Name}: {progress.Stage.Title}{remaining}", string.Join('/', _underway.Keys), Elapsed);
        }
    }
}
