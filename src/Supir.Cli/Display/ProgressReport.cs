using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>How far something is, ready to be shown.</summary>
/// <param name="Fraction">The part that is done, 0 to 1.</param>
/// <param name="Sentence">What is going on.</param>
/// <param name="Part">A name for the part of the work: where it changes, a log gets a line at once.</param>
/// <param name="Elapsed">Time since the start.</param>
internal readonly record struct ProgressReport(double Fraction, string Sentence, string Part, TimeSpan Elapsed)
{
    /// <summary>How far a restoration is.</summary>
    public static ProgressReport Of(RestorationProgress progress) => new(progress.Fraction, progress.Sentence, progress.Stage.Title, progress.Elapsed);
}
