using Supir.Restoration.Journals;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>A request that has been understood; nothing large has been opened yet.</summary>
/// <param name="Options">The model.</param>
/// <param name="Settings">How to restore.</param>
/// <param name="Threads">Threads of the processor; 0 for one a processor.</param>
/// <param name="MemoryLimit">The most memory in bytes, or <c>null</c> for what there is.</param>
internal sealed record RestorePlan(ModelOptions Options, RestorationSettings Settings, int Threads, long? MemoryLimit)
{
    /// <summary>How often a long run keeps its state at most; <c>null</c> for never.</summary>
    public TimeSpan? JournalInterval { get; init; } = RunJournal.UsualInterval;

    /// <summary>What computes.</summary>
    public static ComputeDevice Device => ComputeDevice.Cpu;

    /// <summary>Understands a request.</summary>
    /// <exception cref="Supir.Restoration.OptionException">Something in it is not what it can be.</exception>
    public static RestorePlan Of(RestoreRequest request)
    {
        int threads = ThreadCount.Parse(request.Threads);
        ModelOptions options = request.Model.Apply(OptionsFile.Load(request.Options ?? ShippedFiles.DefaultOptions));
        RestorationSettings settings = SettingsResolver.Resolve(options, request.Settings, Device);
        return new RestorePlan(options, settings, threads, MemoryAmount.Parse(request.Ram)) { JournalInterval = JournalPause.Parse(request.Journal) };
    }
}
