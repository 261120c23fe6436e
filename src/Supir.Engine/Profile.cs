namespace Supir.Engine;

/// <summary>Where the time of a plan goes, by operation and by layer.</summary>
public sealed class Profile
{
    private readonly Dictionary<(string Operation, string Layer), ProfileEntry> _entries = [];

    /// <summary>All entries, the longest first.</summary>
    public IReadOnlyList<ProfileEntry> Entries => Longest(_entries.Values);

    /// <summary>Time of matrix products, convolutions and attention.</summary>
    public TimeSpan ProductTime => TimeSpan.FromTicks(_entries.Values.Where(entry => entry.Flops > 0).Sum(entry => entry.Time.Ticks));

    /// <summary>Adds one execution of an operation.</summary>
    /// <param name="operation">The operation and its sizes.</param>
    /// <param name="flops">Floating-point operations of matrix products.</param>
    /// <param name="time">How long it took.</param>
    /// <param name="layer">Where in the network it stands, if that is known.</param>
    public void Add(string operation, double flops, TimeSpan time, string layer = "")
    {
        ProfileEntry entry = _entries.GetValueOrDefault((operation, layer)) ?? new ProfileEntry(operation, layer, 0, 0, TimeSpan.Zero);
        _entries[(operation, layer)] = entry.With(1, flops, time);
    }

    /// <summary>The entries put together by something they have in common, the longest first; what that is stands in <see cref="ProfileEntry.Operation"/>.</summary>
    public IReadOnlyList<ProfileEntry> By(Func<ProfileEntry, string> key) => Longest(_entries.Values.GroupBy(key).Select(group => group.Aggregate(
        new ProfileEntry(group.Key, "", 0, 0, TimeSpan.Zero), (sum, entry) => sum.With(entry.Count, entry.Flops, entry.Time))));

    private static IReadOnlyList<ProfileEntry> Longest(IEnumerable<ProfileEntry> entries) => [.. entries.OrderByDescending(entry => entry.Time)];
}

/// <summary>One line of a profile.</summary>
/// <param name="Operation">The operation and its sizes.</param>
/// <param name="Layer">The name that its weights have in the checkpoint, without the last part; that of the nearest ones before it where it has none.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="Flops">Floating-point operations of matrix products in all executions.</param>
/// <param name="Time">Time of all executions.</param>
public sealed record ProfileEntry(string Operation, string Layer, int Count, double Flops, TimeSpan Time)
{
    internal ProfileEntry With(int count, double flops, TimeSpan time) =>
        this with { Count = Count + count, Flops = Flops + flops, Time = Time + time };
}
