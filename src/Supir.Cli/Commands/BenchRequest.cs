namespace Supir.Cli.Commands;

/// <summary>What <c>supir bench</c> is asked for.</summary>
/// <param name="Threads">Threads as text, or <c>null</c> for one a processor.</param>
/// <param name="Full">Whether to measure the full-size networks, too.</param>
/// <param name="Size">Pixels of a side for those, as text, or <c>null</c>.</param>
/// <param name="Profile">Whether to say where their time goes.</param>
internal sealed record BenchRequest(string? Threads, bool Full, string? Size, bool Profile);
