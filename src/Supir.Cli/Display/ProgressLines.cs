namespace Supir.Cli.Display;

/// <summary>Progress for logs and pipes: a line at the beginning of each part, and then one every two seconds.</summary>
internal sealed class ProgressLines(TextWriter writer) : IProgress<ProgressReport>
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    private string? _lastPart;
    private TimeSpan _lastTime;

    /// <inheritdoc/>
    public void Report(ProgressReport value)
    {
        if (value.Part == _lastPart && value.Elapsed - _lastTime < LeastPause)
        {
            return;
        }

        (_lastPart, _lastTime) = (value.Part, value.Elapsed);
        writer.WriteLine(FormattableString.Invariant($"{100 * value.Fraction,3:0} %  {value.Sentence}"));
    }
}
