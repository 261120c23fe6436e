namespace Supir.Server.Jobs;

/// <summary>Who may use the device: one at a time, in the order of asking. Whoever uses it for long lets others in between two steps.</summary>
/// <param name="isShared">Whether several may use it at the same time, as a processor: then nobody waits.</param>
internal sealed class DeviceGate(bool isShared)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _isTaken;

    /// <summary>Waits for the device.</summary>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public void Enter(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (isShared || !_isTaken)
            {
                _isTaken = true;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }

        using CancellationTokenRegistration registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        turn.Task.GetAwaiter().GetResult();
    }

    /// <summary>Gives it to the next.</summary>
    public void Exit()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out TaskCompletionSource? turn))
            {
                if (turn.TrySetResult())
                {
                    return;
                }
            }

            _isTaken = false;
        }
    }

    /// <summary>Lets those who wait go first.</summary>
    public void Yield(CancellationToken cancellationToken)
    {
        bool isWanted;
        lock (_lock)
        {
            isWanted = _waiting.Count > 0;
        }

        if (isWanted)
        {
            Exit();
            Enter(cancellationToken);
        }
    }
}
