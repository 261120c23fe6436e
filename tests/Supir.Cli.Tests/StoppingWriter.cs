namespace Supir.Cli.Tests;

/// <summary>An error stream that asks the program to stop as soon as a word appears on it.</summary>
internal sealed class StoppingWriter(string word, CancellationTokenSource stop) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.Contains(word, StringComparison.Ordinal) == true)
        {
            stop.Cancel();
        }
    }
}
