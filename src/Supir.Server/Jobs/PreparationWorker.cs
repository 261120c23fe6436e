using System.Threading.Channels;
using Supir.Engine;

namespace Supir.Server.Jobs;

/// <summary>Does what people ask for before they post, stage 1 or a caption: on a thread beside the jobs', so that nobody waits for a job to end.</summary>
internal sealed class PreparationWorker(JobWorker jobs, DeviceGate gate) : IDisposable
{
    /// <summary>More people than this do not wait at a time.</summary>
    private const int MostWaiting = 16;

    private readonly Channel<Action<RestorerShelf>> _requests = Channel.CreateBounded<Action<RestorerShelf>>(MostWaiting);
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;

    /// <summary>Begins to work.</summary>
    public void Start()
    {
        _thread = new Thread(Work) { Name = "supir preparation", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Does something with the models, when it is its turn.</summary>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    public async Task<T> Run<T>(Func<RestorerShelf, CancellationToken, T> work, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        CancellationToken token = either.Token;
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_requests.Writer.TryWrite(shelf => Do(work, shelf, result, token)))
        {
            throw new QueueFullException(MostWaiting, 1);
        }

        return await result.Task;
    }

    /// <summary>Ends the work.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _requests.Writer.TryComplete();
        _thread?.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Work()
    {
        LowPriority.ForThisThread();
        using RestorerShelf shelf = new(jobs.Device.Result, isForJobs: false);
        while (_requests.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_requests.Reader.TryRead(out Action<RestorerShelf>? request))
            {
                request(shelf);
            }
        }
    }

    private void Do<T>(Func<RestorerShelf, CancellationToken, T> work, RestorerShelf shelf, TaskCompletionSource<T> result, CancellationToken token)
    {
        try
        {
            token.ThrowIfCancellationRequested();
            gate.Enter(token);
            try
            {
                result.SetResult(work(shelf, token));
            }
            catch (DeviceException)
            {
                shelf.CloseBroken();
                throw;
            }
            finally
            {
                gate.Exit();
            }
        }
#pragma warning disable CA1031 // Whoever asked is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            result.SetException(exception);
        }
    }
}
