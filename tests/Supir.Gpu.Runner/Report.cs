using System.Globalization;

namespace Supir.Gpu.Runner;

/// <summary>Lines that say what was checked or measured, and how many checks failed.</summary>
internal sealed class Report
{
    /// <summary>Checks that passed.</summary>
    public int Passed { get; private set; }

    /// <summary>Checks that failed.</summary>
    public int Failed { get; private set; }

    /// <summary>A line without a verdict.</summary>
    public static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A check of an error against a bound; NaN never passes.</summary>
    public void Check(string what, double error, double bound, bool showsPass = true)
    {
        bool passes = error <= bound;
        (Passed, Failed) = passes ? (Passed + 1, Failed) : (Passed, Failed + 1);
        if (!passes || showsPass)
        {
            Say($"{(passes ? "ok    " : "FAILED")} {what,-64} error {error:e2} (at most {bound:e1})");
        }
    }

    /// <summary>A check that did not get as far as a number.</summary>
    public void Fail(string what, Exception exception)
    {
        Failed++;
        string message = exception.Message.ReplaceLineEndings(" ");
        Say($"FAILED {what}: {exception.GetType().Name}: {message[..Math.Min(message.Length, 1200)]}");
    }

    /// <summary>Runs a check; an exception fails it and does not end the others.</summary>
    public void Guard(string what, Action check)
    {
        try
        {
            check();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Fail(what, exception);
        }
    }
}
