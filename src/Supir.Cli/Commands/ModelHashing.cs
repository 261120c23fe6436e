using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary>Finds out in the background which model it is: 13 GB take some seconds to hash, once, and nothing but the recipe waits for it.</summary>
internal sealed class ModelHashing : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly CancellationTokenSource _stop;
    private readonly long _start = Stopwatch.GetTimestamp();
    private volatile Position _position = new("", 0);

    /// <summary>Begins.</summary>
    /// <param name="plan">Names the model.</param>
    /// <param name="terminal">Where whoever waits for it is told how far it is.</param>
    /// <param name="stop">Asks it to stop.</param>
    public ModelHashing(RestorePlan plan, Terminal terminal, CancellationToken stop)
    {
        _terminal = terminal;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        CancellationToken token = _stop.Token;
        Model = Task.Run(
            () => ModelIdentity.Of(plan.Options, plan.Settings.Variant, FileHashes.OfUser(), new Listener(this), token), token);
    }

    /// <summary>Which model it is.</summary>
    public Task<ModelIdentity> Model { get; }

    /// <summary>Waits until it is known.</summary>
    /// <exception cref="Checkpoints.CheckpointException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Asked for.</exception>
    public ModelIdentity Wait()
    {
        if (!IsKnownWithin(Patience))
        {
            ProgressDisplay.Run(_terminal, progress =>
            {
                do
                {
                    Position position = _position;
                    progress.Report(new ProgressReport(
                        position.Part, $"computing the hash of {Path.GetFileName(position.File)}, once", position.File, Stopwatch.GetElapsedTime(_start)));
                }
                while (!IsKnownWithin(Interval));
                return true;
            });
        }

        return Model.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        ((IAsyncResult)Model).AsyncWaitHandle.WaitOne();
        _stop.Dispose();
    }

    // Unlike Task.Wait it does not throw what the task did.
    private bool IsKnownWithin(TimeSpan time) => ((IAsyncResult)Model).AsyncWaitHandle.WaitOne(time);

    private sealed record Position(string File, double Part);

    private sealed class Listener(ModelHashing hashing) : IProgress<(string File, double Part)>
    {
        public void Report((string File, double Part) value) => hashing._position = new Position(value.File, value.Part);
    }
}
