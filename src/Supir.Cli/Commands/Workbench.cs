using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Devices;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary>What pictures are restored with: the model, known by its files' hashes and opened on the devices.</summary>
internal sealed class Workbench : IDisposable
{
    private Workbench(RestorePlan plan, ModelIdentity model, DeviceSet devices, IReadOnlyList<Restorer> restorers)
    {
        Plan = plan;
        Model = model;
        Devices = devices;
        Restorers = restorers;
    }

    /// <summary>What was asked for.</summary>
    public RestorePlan Plan { get; }

    /// <summary>Which model it is.</summary>
    public ModelIdentity Model { get; }

    /// <summary>What computes.</summary>
    public DeviceSet Devices { get; }

    /// <summary>The first device.</summary>
    public IBackend Backend => Devices.Backends[0];

    /// <summary>One restorer on all devices; for many pictures one for each device.</summary>
    public IReadOnlyList<Restorer> Restorers { get; }

    /// <summary>Sentences that whoever uses the model is to be told.</summary>
    public IEnumerable<string?> Notes => [.. Restorers[0].Notes, Plan.FormatNote, Plan.Options.Notice];

    /// <summary>Opens the model.</summary>
    /// <param name="plan">What was asked for.</param>
    /// <param name="terminal">Where progress is told.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="forMany">Whether many pictures follow: then each device restores its own, and keeps the networks where memory allows.</param>
    /// <exception cref="OptionException">The options name no checkpoint.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A checkpoint is missing, broken, or lacks a tensor.</exception>
    /// <exception cref="Engine.Cuda.DeviceException">A GPU cannot be opened.</exception>
    public static Workbench Open(RestorePlan plan, Terminal terminal, CancellationToken stop, bool forMany = false)
    {
        // Opening finds what is wrong in the files' headers, before gigabytes are hashed.
        DeviceSet devices = DeviceSet.Open(plan.Devices, plan.Threads);
        List<Restorer> restorers = [];
        try
        {
            foreach (IReadOnlyList<IBackend> backends in forMany ? devices.Backends.Select(backend => (IReadOnlyList<IBackend>)[backend]) : [devices.Backends])
            {
                restorers.Add(new Restorer(plan.Options, plan.Settings.Variant, backends) { MemoryLimit = plan.MemoryLimit, KeepsNetworks = forMany });
            }

            return new Workbench(plan, Identify(plan, terminal, stop), devices, restorers);
        }
        catch
        {
            restorers.ForEach(restorer => restorer.Dispose());
            devices.Dispose();
            throw;
        }
    }

    /// <summary>The recipe of a picture to be made with this, with settings of its own where it has a caption of its own.</summary>
    public Recipe RecipeFor(FileIdentity input, PictureFormat format, RestorationSettings? settings = null) =>
        Recipe.For(input, Model, Plan.Devices.Kind, settings ?? Plan.Settings, format);

    /// <summary>The journal of a picture; <c>null</c> where none is wanted.</summary>
    /// <param name="output">Where its first sample goes.</param>
    /// <param name="recipe">Its recipe.</param>
    public RunJournal? JournalFor(string output, Recipe recipe) =>
        Plan.JournalInterval is TimeSpan interval ? RunJournal.Open(output, recipe, interval) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Restorer restorer in Restorers)
        {
            restorer.Dispose();
        }

        Devices.Dispose();
    }

    private static ModelIdentity Identify(RestorePlan plan, Terminal terminal, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        return ProgressDisplay.Run(terminal, progress => ModelIdentity.Of(
            plan.Options, plan.Settings.Variant, FileHashes.OfUser(), new PatientProgress(progress, start), stop));
    }

    /// <summary>Small files are hashed before anyone could read that they are.</summary>
    private sealed class PatientProgress(IProgress<ProgressReport> listener, long start) : IProgress<(string File, double Part)>
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

        public void Report((string File, double Part) value)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > Patience)
            {
                listener.Report(new ProgressReport(value.Part, $"computing the hash of {Path.GetFileName(value.File)}, once", value.File, elapsed));
            }
        }
    }
}
