namespace Supir.Cli.Display;

/// <summary>Tells one listener what another kind of report means.</summary>
internal sealed class MappedProgress<T>(IProgress<ProgressReport> listener, Func<T, ProgressReport> map) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => listener.Report(map(value));
}
