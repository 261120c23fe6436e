namespace Supir.Engine;

/// <summary>An operation was described with a shape or type that it cannot take: a mistake in the program, not of its user.</summary>
public sealed class ShapeException : Exception
{
    /// <summary>Says which argument of which operation is wrong.</summary>
    public ShapeException(string operation, string argument, string expected, object actual)
        : base($"{operation}: {argument} must be {expected} but is {actual}.")
    {
    }
}
