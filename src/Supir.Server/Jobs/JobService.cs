using System.Globalization;
using Supir.Checkpoints;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Imaging;
using Supir.Restoration.Options;
using Supir.Server.Api.Contract;
using Supir.Server.Catalogue;

namespace Supir.Server.Jobs;

/// <summary>What can be done with jobs: post, look at, call off, forget.</summary>
internal sealed class JobService(ServerOptions options, JobStore store, DataFolder folder, JobQueue queue, JobFeeds feeds, ModelCatalogue models, PictureGate pictures, ServerMetrics metrics)
{
    private readonly Lock _admission = new();
    private readonly RunningJobs _running = new();

    /// <summary>The jobs that run, so that they can be called off.</summary>
    public RunningJobs Running => _running;

    /// <summary>Puts the jobs that an earlier process left behind into the queue again, and removes what belongs to no job.</summary>
    public void Recover()
    {
        folder.RemoveAllBut(store.Ids());
        foreach (JobRecord job in store.Unfinished())
        {
            if (job.Status == JobStatus.Running && job.Attempts >= JobRecord.MostAttempts)
            {
                // Whatever it is that ends the process would end it again, and hold up all others for ever.
                store.TryFinish(
                    job.Id,
                    JobStatus.Failed,
                    string.Create(CultureInfo.InvariantCulture, $"The server ended {job.Attempts} times while it worked on this picture, and does not try again."),
                    DateTimeOffset.UtcNow);
                continue;
            }

            store.TryRequeue(job.Id);
            feeds.Open(job.Id);
            queue.Add(job with { Status = JobStatus.Queued });
        }
    }

    /// <summary>Posts a job.</summary>
    /// <exception cref="PictureException">The picture cannot be read.</exception>
    /// <exception cref="OptionException">A parameter cannot be followed.</exception>
    /// <exception cref="CheckpointException">The model's files are not there.</exception>
    /// <exception cref="QueueFullException">Too many jobs wait.</exception>
    /// <exception cref="IdempotencyException">Another request had the same idempotency key.</exception>
    public async Task<JobRecord> Submit(JobSubmission submission, CancellationToken cancellationToken)
    {
        string fingerprint = submission.Fingerprint();
        if (submission.IdempotencyKey is string key && store.FindByKey(submission.Client, key) is JobRecord earlier)
        {
            return earlier.Fingerprint == fingerprint ? earlier : throw new IdempotencyException();
        }

        RequireRoom();
        ParameterText parameters = ParameterText.Read(submission.Parameters);
        ModelEntry model = models.Find(parameters.Model);
        RestorationSettings settings = models.Resolve(model, parameters).WithSeedDrawn();
        _ = CaptionSettings.Asked(parameters.Captioning, options.Captioner.Options);
        if (model.Missing is string missing)
        {
            throw new CheckpointException($"The model {model.Id} is not ready. {missing}");
        }

        (Picture picture, byte[] thumbnail) = await pictures.Run(
            () =>
            {
                Picture picture = pictures.Decode(submission.Picture.Span, submission.Name, settings.Mode);
                return (picture, PictureGate.Thumbnail(picture));
            },
            cancellationToken);
        WorkingSize size = WorkingPicture.SizeOf(picture, settings);
        JobRecord job = new()
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Client = submission.Client,
            Status = JobStatus.Queued,
            Name = submission.Name,
            Priority = submission.Priority,
            CreatedAt = DateTimeOffset.UtcNow,
            Parameters = submission.Parameters.ToJsonString(),
            Used = SettingValues.Of(settings, model.Id).ToJsonString(),
            Model = model.Id,
            Caption = settings.Caption,
            Samples = settings.Samples,
            InputWidth = picture.Width,
            InputHeight = picture.Height,
            Width = size.OutputWidth,
            Height = size.OutputHeight,
            IdempotencyKey = submission.IdempotencyKey,
            Fingerprint = fingerprint,
        };
        return Admit(job, submission.Picture, thumbnail);
    }

    /// <summary>A job, or <c>null</c> if there is none of that id.</summary>
    public JobRecord? Find(string id) => store.Find(id);

    /// <summary>Jobs that are not over.</summary>
    public QueueLengths Lengths => new(queue.Count, _running.Count);

    /// <summary>A part of the history, newest first.</summary>
    public IReadOnlyList<JobRecord> List(string? search, JobStatus? status, string? before, int limit) => store.List(search, status, before, limit);

    /// <summary>Keeps what someone thinks of a job's result.</summary>
    public bool SetFeedback(string id, Feedback feedback) => store.SetFeedback(id, feedback.Score, feedback.Text);

    /// <summary>Calls a job off.</summary>
    /// <returns><c>false</c> if it was over already, or never was.</returns>
    public bool Cancel(string id)
    {
        if (!store.TryFinish(id, JobStatus.Cancelled, null, DateTimeOffset.UtcNow, mayWait: true))
        {
            return false;
        }

        queue.Remove(id);
        _running.Cancel(id);
        feeds.Close(id, JobStatus.Cancelled, null);
        metrics.NoteEnd(JobStatus.Cancelled);
        return true;
    }

    /// <summary>Forgets a job that is over, with all its files.</summary>
    public bool Delete(string id)
    {
        if (!store.TryDelete(id))
        {
            return false;
        }

        folder.Of(id).Delete();
        return true;
    }

    /// <summary>How many jobs go before a job; <c>null</c> if it does not wait.</summary>
    public int? PositionOf(string id) => queue.PositionOf(id);

    private JobRecord Admit(JobRecord job, ReadOnlyMemory<byte> picture, byte[] thumbnail)
    {
        JobFiles files = folder.Of(job.Id);
        files.Create(picture.Span, thumbnail);
        lock (_admission)
        {
            bool hasRoom = queue.Count < options.MaxQueue;
            if (hasRoom && store.Insert(job))
            {
                feeds.Open(job.Id);
                queue.Add(job);
                return job;
            }

            files.Delete();
            if (!hasRoom)
            {
                throw new QueueFullException(queue.Count, SecondsUntilRoom());
            }
        }

        // The same request came twice at the same time: both get the one job.
        JobRecord earlier = store.FindByKey(job.Client, job.IdempotencyKey ?? "") ?? throw new InvalidOperationException("A job was neither kept nor there before.");
        return earlier.Fingerprint == job.Fingerprint ? earlier : throw new IdempotencyException();
    }

    private void RequireRoom()
    {
        if (queue.Count >= options.MaxQueue)
        {
            throw new QueueFullException(queue.Count, SecondsUntilRoom());
        }
    }

    private int SecondsUntilRoom() => (int)Math.Clamp(_running.TypicalSeconds, 1, 600);
}
