using System.Diagnostics;
using Supir.Cli.Commands;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Folders;

/// <summary>Restores many pictures: while the devices compute, the next picture is decoded and the last one is encoded.</summary>
/// <remarks>Reader → queue of one → a thread for each restorer → queue of one → writer. So no more pictures are in memory than there are devices,
/// and four. A picture that fails is told and does not stop the others.</remarks>
internal sealed class FolderRun
{
    private readonly Workbench _bench;
    private readonly CaptionStep _captions;
    private readonly Action<FolderOutcome> _tell;

    /// <summary>Describes a run.</summary>
    /// <param name="bench">Has a restorer for each device: the first that is free takes the next picture.</param>
    /// <param name="captions">Finds captions, and describes pictures that have none, one at a time.</param>
    /// <param name="tell">Told what became of each picture, by one thread at a time.</param>
    public FolderRun(Workbench bench, CaptionStep captions, Action<FolderOutcome> tell)
    {
        _bench = bench;
        _captions = captions;
        Lock gate = new();
        _tell = outcome =>
        {
            lock (gate)
            {
                tell(outcome);
            }
        };
    }

    /// <summary>Restores them all. What is restored when the run is stopped is still written.</summary>
    /// <param name="pictures">The pictures, in their order.</param>
    /// <param name="progress">Told how far a picture is, by any thread.</param>
    /// <param name="stop">Stops the run.</param>
    public void Run(IReadOnlyList<FolderPicture> pictures, Action<FolderPicture, RestorationProgress>? progress, CancellationToken stop)
    {
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using CancellationTokenSource unwritten = new();
        using PictureQueue<Decoded> decoded = new(1, broken.Token);
        using PictureQueue<Finished> finished = new(1, unwritten.Token);
        Task reader = Start(() => Read(pictures, decoded, broken.Token), broken);
        Task[] devices = [.. _bench.Restorers.Select(restorer => Start(() => Restore(restorer, decoded, finished, progress, broken.Token), broken))];
        Task writer = Start(() => Write(finished), broken, unwritten);
        Task.WhenAll([reader, .. devices]).ContinueWith(_ => finished.Close(), TaskScheduler.Default).Wait(CancellationToken.None);
        ((IAsyncResult)writer).AsyncWaitHandle.WaitOne();

        // Stopping is no fault of a thread; anything else that broke one is ours, and is said.
        Task[] all = [reader, .. devices, writer];
        Array.Find(all, task => task.Exception?.InnerException is not (null or OperationCanceledException))?.GetAwaiter().GetResult();
    }

    /// <summary>Runs work on a thread of its own; where it breaks off, the others are told.</summary>
    private static Task Start(Action work, params CancellationTokenSource[] others) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                work();
            }
            catch
            {
                Array.ForEach(others, other => other.Cancel());
                throw;
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Read(IReadOnlyList<FolderPicture> pictures, PictureQueue<Decoded> decoded, CancellationToken stop)
    {
        try
        {
            foreach (FolderPicture picture in pictures)
            {
                stop.ThrowIfCancellationRequested();
                if (Try(picture, () => Prepare(picture)) is Decoded ready)
                {
                    decoded.Add(ready);
                }
            }
        }
        finally
        {
            decoded.Close();
        }
    }

    /// <summary>Decodes a picture, unless what it becomes is there.</summary>
    private Decoded? Prepare(FolderPicture picture)
    {
        RestorationSettings settings = _captions.Written(picture.Path, _bench.Plan.Settings);
        SourceFile source = SourceFile.Read(picture.Path);
        Recipe recipe = _bench.RecipeFor(source.Identity, PictureFile.FormatOf(picture.Outputs[0]), settings);

        // Whether a captioner would find the same words again is not worth minutes to know.
        bool anyCaption = _captions.IsAutomatic && settings.Caption.Length == 0;
        if (picture.Outputs.Select((path, sample) => ResultFile.IsDone(path, recipe with { Sample = sample }, anyCaption)).All(isDone => isDone))
        {
            RunJournal.RemoveOf(picture.Outputs[0]);
            _tell(new FolderOutcome(picture, PictureState.Skipped, TimeSpan.Zero, null, null));
            return null;
        }

        return new Decoded(picture, settings, source.Identity, source.Decode(settings.Mode));
    }

    private void Restore(
        Restorer restorer, PictureQueue<Decoded> decoded, PictureQueue<Finished> finished, Action<FolderPicture, RestorationProgress>? progress, CancellationToken stop)
    {
        foreach (Decoded next in decoded.Items)
        {
            long start = Stopwatch.GetTimestamp();
            if (Try(next.Picture, () => Restore(restorer, next, progress, stop)) is Finished done)
            {
                finished.Add(done with { Time = Stopwatch.GetElapsedTime(start) });
            }
        }
    }

    private Finished Restore(Restorer restorer, Decoded next, Action<FolderPicture, RestorationProgress>? progress, CancellationToken stop)
    {
        RestorationSettings settings = Caption(restorer, next, stop);
        Recipe recipe = _bench.RecipeFor(next.Identity, PictureFile.FormatOf(next.Picture.Outputs[0]), settings);
        RunJournal? journal = _bench.JournalFor(next.Picture.Outputs[0], next.Identity, settings);
        try
        {
            PictureProgress? listener = progress is null ? null : new PictureProgress(next.Picture, progress);
            return new Finished(next.Picture, recipe, restorer.Restore(next.Pixels, settings, listener, journal, stop), journal, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            journal?.Dispose();
            throw;
        }
        catch
        {
            journal?.Remove();
            throw;
        }
    }

    private RestorationSettings Caption(Restorer restorer, Decoded next, CancellationToken stop)
    {
        // The captions are in the recipes; among the lines of progress they would only be in the way.
        Terminal silent = new(TextWriter.Null, TextWriter.Null, ErrorIsScreen: false);
        lock (_captions)
        {
            return _captions.Caption(restorer, next.Pixels, next.Picture.Path, next.Settings, silent, stop);
        }
    }

    private void Write(PictureQueue<Finished> finished)
    {
        foreach (Finished next in finished.Items)
        {
            FolderOutcome? done = Try(next.Picture, () =>
            {
                for (int sample = 0; sample < next.Picture.Outputs.Count; sample++)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(next.Picture.Outputs[sample])!);
                    ResultFile.Save(next.Restored, sample, next.Picture.Outputs[sample], next.Recipe);
                }

                next.Journal?.Remove();
                return new FolderOutcome(next.Picture, PictureState.Done, next.Time, next.Restored, null);
            });
            if (done is not null)
            {
                _tell(done);
            }
        }
    }

    /// <summary>What the work gives, or <c>null</c> once its fault has been told.</summary>
    private T? Try<T>(FolderPicture picture, Func<T?> work)
        where T : class
    {
        try
        {
            return work();
        }
#pragma warning disable CA1031 // One picture's fault, whatever it is, does not stop the others.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _tell(new FolderOutcome(picture, PictureState.Failed, TimeSpan.Zero, null, Fault.Of(exception)));
            return null;
        }
    }

    private sealed record Decoded(FolderPicture Picture, RestorationSettings Settings, FileIdentity Identity, Picture Pixels);

    private sealed record Finished(FolderPicture Picture, Recipe Recipe, Restored Restored, RunJournal? Journal, TimeSpan Time);

    private sealed class PictureProgress(FolderPicture picture, Action<FolderPicture, RestorationProgress> listener) : IProgress<RestorationProgress>
    {
        public void Report(RestorationProgress value) => listener(picture, value);
    }
}
