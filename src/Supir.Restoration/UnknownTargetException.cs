namespace Supir.Restoration;

/// <summary>An options file names a class that this program does not have: the file is for another program, or another version (exit 3, HTTP 422).</summary>
public sealed class UnknownTargetException : Exception
{
    /// <summary>Says where the class is named, which it is, and which are known there.</summary>
    public UnknownTargetException(string message)
        : base(message)
    {
    }
}
