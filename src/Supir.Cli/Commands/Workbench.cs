using System.Diagnostics;
using Supir.Cli.Display;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Restoration;
using Supir.Restoration.Imaging;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;
using Supir.Restoration.Recipes;

namespace Supir.Cli.Commands;

/// <summary>What pictures are restored with: the model, known by its files' hashes and opened on the devices.</summary>
internal sealed class Workbench : IDisposable
{
    private Workbench(RestorePlan plan, ModelIdentity model, IBackend backend, Restorer restorer)
    {
        Plan = plan;
        Model = model;
        Backend = backend;
        Restorers = [restorer];
    }

    /// <summary>What was asked for.</summary>
    public RestorePlan Plan { get; }

    /// <summary>Which model it is.</summary>
    public ModelIdentity Model { get; }

    /// <summary>The first device.</summary>
    public IBackend Backend { get; }

    /// <summary>A restorer for each device.</summary>
    public IReadOnlyList<Restorer> Restorers { get; }

    /// <summary>Sentences that whoever uses the model is to be told.</summary>
    public IEnumerable<string?> Notes => [.. Restorers[0].Notes, Plan.Options.Notice];

    /// <summary>Opens the model.</summary>
    /// <exception cref="OptionException">The options name no checkpoint.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A checkpoint is missing, broken, or lacks a tensor.</exception>
    public static Workbench Open(RestorePlan plan, Terminal terminal, CancellationToken stop)
    {
        // Opening finds what is wrong in the files' headers, before gigabytes are hashed.
        CpuBackend backend = new(plan.Threads);
        Restorer? restorer = null;
        try
        {
            restorer = new Restorer(plan.Options, plan.Settings.Variant, backend) { MemoryLimit = plan.MemoryLimit };
            return new Workbench(plan, Identify(plan, terminal, stop), backend, restorer);
        }
        catch
        {
            restorer?.Dispose();
            backend.Dispose();
            throw;
        }
    }

    /// <summary>The recipe of a picture to be made with this, with settings of its own where it has a caption of its own.</summary>
    public Recipe RecipeFor(FileIdentity input, PictureFormat format, RestorationSettings? settings = null) =>
        Recipe.For(input, Model, RestorePlan.Device, settings ?? Plan.Settings, format);

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

        Backend.Dispose();
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
