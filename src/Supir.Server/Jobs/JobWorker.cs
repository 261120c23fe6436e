using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>Does one job after another, on a thread of its own.</summary>
internal sealed partial class JobWorker(
    ServerOptions options, JobStore store, DataFolder folder, JobQueue queue, JobFeeds feeds, JobService service, ModelCatalogue models, PictureGate pictures, ILogger<JobWorker> logger)
    : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<IBackend> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;

    /// <summary>The device, when it is open.</summary>
    public Task<IBackend> Backend => _opened.Task;

    /// <summary>Begins to work.</summary>
    public void Start()
    {
        _thread = new Thread(Work) { Name = "supir jobs", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Puts the running job back into the queue, and waits until it is there.</summary>
    public void Stop()
    {
        _stop.Cancel();
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
        IBackend backend;
        try
        {
            backend = options.OpenBackend();
        }
#pragma warning disable CA1031 // Whoever started the server waits for the device, and is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _opened.SetException(exception);
            return;
        }

        _opened.SetResult(backend);
        using RestorerShelf shelf = new(options, backend);
        try
        {
            while (true)
            {
                if (queue.Take(_stop.Token) is JobRecord job && store.TryStart(job.Id, DateTimeOffset.UtcNow, backend.Description))
                {
                    Do(job, shelf);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        finally
        {
            backend.Dispose();
        }
    }

    private void Do(JobRecord job, RestorerShelf shelf)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using CancellationTokenSource limit = new(options.JobTimeLimit);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token, limit.Token);
        using IDisposable running = service.Running.Add(job.Id, cancel);
        feeds.Find(job.Id)?.Report(JobStatus.Running);
        try
        {
            Restore(job, shelf, either.Token);
            Finish(job, JobStatus.Succeeded, null);
            service.Running.NoteTime(Stopwatch.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Finish(job, JobStatus.Failed, string.Create(
                CultureInfo.InvariantCulture, $"It took longer than the {options.JobTimeLimit.TotalSeconds:0} s that a job may run."));
        }
        catch (OperationCanceledException)
        {
            if (_stop.IsCancellationRequested && store.TryRequeue(job.Id))
            {
                feeds.Find(job.Id)?.Report(JobStatus.Queued);
            }

            _stop.Token.ThrowIfCancellationRequested();
        }
        catch (Exception exception) when (exception is OptionException or PictureException or CheckpointException or DeviceMemoryException or OutOfMemoryException or MissingLibraryException)
        {
            Finish(job, JobStatus.Failed, exception.Message);
        }
#pragma warning disable CA1031 // One picture's failure must not end the work on all others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailure(logger, job.Id, exception);
            Finish(job, JobStatus.Failed, $"This is a mistake of the program ({exception.GetType().Name}: {exception.Message}) Please report it, with what the server wrote.");
        }
    }

    private void Restore(JobRecord job, RestorerShelf shelf, CancellationToken stop)
    {
        JobFiles files = folder.Of(job.Id);
        Picture picture = pictures.Decode(File.ReadAllBytes(files.Input), job.Name);
        ParameterText parameters = ParameterText.Read((JsonObject)JsonNode.Parse(job.Parameters)!);
        ModelEntry model = models.Find(job.Model);
        long seed = JsonNode.Parse(job.Used)!["seed"]!.GetValue<long>();
        RestorationSettings settings = models.Resolve(model, parameters) with { Seed = seed };
        ProgressRelay relay = new(feeds.Find(job.Id));
        Restored restored = shelf.Open(model, settings.Variant).Restore(picture, settings, relay, stop);
        for (int sample = 0; sample < restored.Samples.Count; sample++)
        {
            JobFiles.Write(files.Result(sample), PictureFile.Encode(restored.Samples[sample], PictureFormat.Png));
        }

        JobFiles.Write(files.Thumbnail, PictureGate.Thumbnail(restored.Picture));
    }

    private void Finish(JobRecord job, JobStatus status, string? error)
    {
        // Who called the job off was faster: then that stands, and if it was deleted, too, its files go.
        if (store.TryFinish(job.Id, status, error, DateTimeOffset.UtcNow))
        {
            feeds.Close(job.Id, status, error);
        }
        else if (store.Find(job.Id) is null)
        {
            folder.Of(job.Id).Delete();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} failed")]
    private static partial void LogFailure(ILogger logger, string id, Exception exception);
}
