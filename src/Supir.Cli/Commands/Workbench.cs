using Supir.Cli.Bench;
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
    private readonly ModelHashing _hashing;
    private readonly ProductTime? _products;

    private Workbench(RestorePlan plan, ModelHashing hashing, DeviceSet devices, IReadOnlyList<Restorer> restorers)
    {
        _products = ProductTime.CountIfAsked(devices);
        Plan = plan;
        _hashing = hashing;
        Devices = devices;
        Restorers = restorers;
    }

    /// <summary>What was asked for.</summary>
    public RestorePlan Plan { get; }

    /// <summary>Which model it is; waits for its files' hashes.</summary>
    public ModelIdentity Model => _hashing.Wait();

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
    /// <exception cref="DeviceException">A GPU cannot be opened.</exception>
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

            return new Workbench(plan, new ModelHashing(plan, terminal, stop), devices, restorers);
        }
        catch
        {
            restorers.ForEach(restorer => restorer.Dispose());
            devices.Dispose();
            throw;
        }
    }

    /// <summary>The recipe of a picture to be made with this, with settings of its own where it has a caption of its own; waits for the hashes.</summary>
    public Recipe RecipeFor(FileIdentity input, PictureFormat format, RestorationSettings? settings = null) =>
        Recipe.For(input, Model, Plan.Devices.Kind, settings ?? Plan.Settings, format);

    /// <summary>The journal of a picture; <c>null</c> where none is wanted.</summary>
    /// <param name="output">Where its first sample goes.</param>
    /// <param name="input">The picture.</param>
    /// <param name="settings">How it is restored.</param>
    public RunJournal? JournalFor(string output, FileIdentity input, RestorationSettings settings)
    {
        if (Plan.JournalInterval is not TimeSpan interval)
        {
            return null;
        }

        async Task<Recipe> KnownLater() =>
            Recipe.For(input, await _hashing.Model, Plan.Devices.Kind, settings, PictureFile.FormatOf(output));

        return RunJournal.Open(output, KnownLater(), interval);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Restorer restorer in Restorers)
        {
            restorer.Dispose();
        }

        Devices.Dispose();
        _hashing.Dispose();
        _products?.Answer();
    }
}
