namespace Supir.Restoration;

/// <summary>An option, on the command line or in an options file, cannot be followed: its user's to change (exit 2, HTTP 400).</summary>
public sealed class OptionException : Exception
{
    /// <summary>Says which option is wrong, what was expected and what to do.</summary>
    public OptionException(string message)
        : base(message)
    {
    }

    /// <summary>As above, with what it was found by.</summary>
    public OptionException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
