namespace Supir.Server.Jobs;

/// <summary>Too many jobs wait: ask again later (HTTP 429).</summary>
internal sealed class QueueFullException(int waiting, int retryAfterSeconds)
    : Exception($"{waiting} jobs wait, and no more are taken. Try again in {retryAfterSeconds} s.")
{
    /// <summary>When there may be room.</summary>
    public int RetryAfterSeconds { get; } = retryAfterSeconds;
}

/// <summary>An idempotency key came with another request before (HTTP 422).</summary>
internal sealed class IdempotencyException()
    : Exception("Another request with this Idempotency-Key came before, with another picture or other parameters: use a new key for a new job.");
