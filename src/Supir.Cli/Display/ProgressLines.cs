using Supir.Restoration;

namespace Supir.Cli.Display;

/// <summary>Progress for logs and pipes: a line at the beginning of each stage, and then one every two seconds.</summary>
internal sealed class ProgressLines(TextWriter writer) : IProgress<RestorationProgress>
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    private RestorationStage? _lastStage;
    private TimeSpan _lastTime;

    /// <inheritdoc/>
    public void Report(RestorationProgress value)
    {
        if (value.Stage == _lastStage && value.Elapsed - _lastTime < LeastPause)
        {
            return;
        }

        (_lastStage, _lastTime) = (value.Stage, value.Elapsed);
        writer.WriteLine(FormattableString.Invariant($"{100 * value.Fraction,3:0} %  {value.Sentence}"));
    }
}
