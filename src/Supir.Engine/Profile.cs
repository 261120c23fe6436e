namespace Supir.Engine;

/// <summary>Where the time of a plan goes, by operation and sizes.</summary>
public sealed class Profile
{
    private readonly Dictionary<string, ProfileEntry> _entries = [];

    /// <summary>All entries, the longest first.</summary>
    public IReadOnlyList<ProfileEntry> Entries => [.. _entries.Values.OrderByDescending(entry => entry.Time)];

    /// <summary>Adds one execution of an operation.</summary>
    public void Add(string operation, double flops, TimeSpan time)
    {
        ProfileEntry entry = _entries.GetValueOrDefault(operation) ?? new ProfileEntry(operation, 0, 0, TimeSpan.Zero);
        _entries[operation] = entry with { Count = entry.Count + 1, Flops = entry.Flops + flops, Time = entry.Time + time };
    }
}

/// <summary>One line of a profile.</summary>
/// <param name="Operation">The operation and its sizes.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="Flops">Floating-point operations of matrix products in all executions.</param>
/// <param name="Time">Time of all executions.</param>
public sealed record ProfileEntry(string Operation, int Count, double Flops, TimeSpan Time);
