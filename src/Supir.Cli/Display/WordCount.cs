using System.Diagnostics;

namespace Supir.Cli.Display;

/// <summary>Tells every two seconds how far a caption has come, and its last words.</summary>
internal sealed class WordCount(Terminal terminal) : IProgress<string>
{
    private const int WordsShown = 8;

    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    private readonly List<string> _words = [];
    private long _last = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public void Report(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _words.AddRange(value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (Stopwatch.GetElapsedTime(_last) >= LeastPause)
        {
            _last = Stopwatch.GetTimestamp();
            terminal.Error.WriteLine(Fault.OneLine($"{_words.Count} words: … {string.Join(' ', _words.TakeLast(WordsShown))}"));
        }
    }
}
