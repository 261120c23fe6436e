namespace Supir.Cli.Doctor;

/// <summary>One thing that <c>supir doctor</c> looked at.</summary>
/// <param name="Subject">What it is.</param>
/// <param name="IsGood">Whether the program can work with it.</param>
/// <param name="Detail">What was found, or what is wrong.</param>
internal sealed record Finding(string Subject, bool IsGood, string Detail)
{
    /// <summary>Whether it is there; what may be missing is good without being there.</summary>
    public bool IsThere { get; init; } = true;

    /// <summary>Looks at something; an exception is what is wrong with it.</summary>
    public static Finding Of(string subject, Func<string> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        try
        {
            return new Finding(subject, true, look());
        }
#pragma warning disable CA1031 // Whatever is wrong with one thing, the others are still looked at.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Finding(subject, false, Fault.Of(exception).Message);
        }
    }
}
