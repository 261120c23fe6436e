namespace Supir.Server;

/// <summary>Tells whatever waits for long that the server ends.</summary>
internal sealed class ServerLife : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the server ends.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends it.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
