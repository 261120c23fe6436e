using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Supir.Checkpoints;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>Does one job after another, on a thread of its own.</summary>
internal sealed partial class JobWorker(
    ServerOptions options, JobStore store, DataFolder folder, JobQueue queue, JobFeeds feeds, JobService service, ModelCatalogue models, PictureGate pictures,
    DeviceGate gate, CaptionerShelf captioners, ServerMetrics metrics, ILogger<JobWorker> logger)
    : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<OpenDevice> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private RestorerShelf? _shelf;

    /// <summary>The device of jobs that name none, when it is open.</summary>
    public Task<OpenDevice> Device => _opened.Task;

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

    /// <summary>Frees the networks that are kept for further jobs. For who has the device to himself, while no job runs.</summary>
    public void FreeNetworks() => _shelf?.FreeNetworks();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Work()
    {
        LowPriority.ForThisThread();
        using OpenDevices devices = new();
        OpenDevice usual;
        try
        {
            usual = devices.Get(options.DeviceOf(null));
        }
#pragma warning disable CA1031 // Whoever started the server waits for the device, and is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _opened.SetException(exception);
            return;
        }

        _opened.SetResult(usual);
        try
        {
            // Its networks lie on the devices, and go before them.
            using RestorerShelf shelf = new(usual, isForJobs: true);
            _shelf = shelf;
            while (true)
            {
                if (queue.Take(_stop.Token) is JobRecord job && store.TryStart(job.Id, DateTimeOffset.UtcNow))
                {
                    Do(job, shelf, devices);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private void Do(JobRecord job, RestorerShelf shelf, OpenDevices devices)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using CancellationTokenSource limit = new(options.JobTimeLimit);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token, limit.Token);
        try
        {
            using (service.Running.Add(job.Id, cancel))
            {
                feeds.Find(job.Id)?.Report(JobStatus.Running);
                gate.Enter(either.Token);
                try
                {
                    Restore(job, shelf, devices, either.Token);
                }
                catch (DeviceException)
                {
                    shelf.CloseBroken();
                    throw;
                }
                finally
                {
                    captioners.EndJob();
                    gate.Exit();
                }
            }

            Finish(job, JobStatus.Succeeded, null);
            service.Running.NoteTime(Stopwatch.GetElapsedTime(start));
            metrics.NoteTime(Stopwatch.GetElapsedTime(start));
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
        catch (DeviceException exception)
        {
            Finish(job, JobStatus.Failed, $"{store.Find(job.Id)?.Device ?? "The device cannot be opened"}: {exception.Message} The other jobs go on; if they fail, too, start the server anew, or with another --device.");
        }
        catch (IOException) when (store.Find(job.Id) is null)
        {
            // It was called off and deleted, and its folder with it, while results were written.
        }
#pragma warning disable CA1031 // One picture's failure must not end the work on all others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailure(logger, job.Id, exception);
            Finish(job, JobStatus.Failed, $"This is a mistake of the program ({exception.GetType().Name}: {exception.Message}) Please report it, with what the server wrote.");
        }
    }

    private void Restore(JobRecord job, RestorerShelf shelf, OpenDevices devices, CancellationToken stop)
    {
        JobFiles files = folder.Of(job.Id);
        byte[] input = File.ReadAllBytes(files.Input);
        ParameterText parameters = ParameterText.Read((JsonObject)JsonNode.Parse(job.Parameters)!);
        ModelEntry model = models.Find(job.Model);
        long seed = JsonNode.Parse(job.Used)!["seed"]!.GetValue<long>();
        RestorationSettings settings = models.Resolve(model, parameters) with { Seed = seed };
        Picture picture = pictures.Decode(input, job.Name, settings.Mode);
        OpenDevice device = devices.Get(options.DeviceOf(parameters.Device));
        store.NoteDevice(job.Id, device.Description);
        Restorer restorer = shelf.Open(model, settings.Variant, device);
        FileIdentity source = new(job.Name, Convert.ToHexStringLower(SHA256.HashData(input)));

        // New checkpoints take seconds to hash, and only the written picture waits for that.
        Task<Recipe> recipe = Task.Run(
            () => Recipe.For(source, ModelIdentity.Of(model.Options!, settings.Variant, folder.Hashes, null, stop), device.Device.Kind, settings, PictureFormat.Png), stop);

        // A long run that was stopped, or killed, goes on inside the picture.
        using RunJournal? journal = options.JournalInterval is TimeSpan interval ? RunJournal.Open(files.Result(0), recipe, interval) : null;
        if (device.Device == options.DeviceOf(null))
        {
            captioners.BeginJob(restorer, picture, settings);
        }

        restorer.Previews = new PreviewRelay(feeds.Find(job.Id), files, () => gate.Yield(stop));
        Restored restored = restorer.Restore(picture, settings, new ProgressRelay(feeds.Find(job.Id)), journal, stop);
        stop.ThrowIfCancellationRequested();
        for (int sample = 0; sample < restored.Samples.Count; sample++)
        {
            JobFiles.Write(files.Result(sample), ResultFile.Encode(restored, sample, PictureFormat.Png, recipe.GetAwaiter().GetResult()));
        }

        JobFiles.Write(files.Thumbnail, PictureGate.Thumbnail(restored.Picture));
        journal?.Remove();
    }

    private void Finish(JobRecord job, JobStatus status, string? error)
    {
        // Who called the job off was faster: then that stands, and if it was deleted, too, its files go.
        if (store.TryFinish(job.Id, status, error, DateTimeOffset.UtcNow))
        {
            feeds.Close(job.Id, status, error);
            metrics.NoteEnd(status);
        }
        else if (store.Find(job.Id) is null)
        {
            folder.Of(job.Id).Delete();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} failed")]
    private static partial void LogFailure(ILogger logger, string id, Exception exception);
}
