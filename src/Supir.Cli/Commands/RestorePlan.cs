using Supir.Devices;
using Supir.Engine;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>A request that has been understood; nothing large has been opened yet.</summary>
/// <param name="Options">The model.</param>
/// <param name="Settings">How to restore.</param>
/// <param name="Devices">What computes.</param>
/// <param name="Threads">Threads of the processor; 0 for one a processor.</param>
/// <param name="MemoryLimit">The most memory in bytes, or <c>null</c> for what there is.</param>
internal sealed record RestorePlan(ModelOptions Options, RestorationSettings Settings, DeviceChoice Devices, int Threads, long? MemoryLimit)
{
    /// <summary>How often a long run keeps its state at most; <c>null</c> for never.</summary>
    public TimeSpan? JournalInterval { get; init; } = RunJournal.UsualInterval;

    /// <summary>What is told of number formats that a GPU would use; <c>null</c> where none was asked for in vain.</summary>
    public string? FormatNote { get; init; }

    /// <summary>Understands a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ahead">What has begun already.</param>
    /// <exception cref="Supir.Restoration.OptionException">Something in it is not what it can be.</exception>
    /// <exception cref="DeviceException">A GPU is asked for and none can be used.</exception>
    public static RestorePlan Of(RestoreRequest request, HeadStart ahead)
    {
        int threads = ThreadCount.Parse(request.Threads);
        ModelOptions options = request.Model.Apply(ahead.OptionsOf(request.Options));
        DeviceChoice devices = DeviceChoice.Of(request.Device);
        RestorationSettings settings = SettingsResolver.Resolve(options, request.Settings, devices.Kind);
        return new RestorePlan(options, settings, devices, threads, MemoryAmount.Limit(devices.Kind, request.Ram, request.Vram))
        {
            JournalInterval = JournalPause.Parse(request.Journal),
            FormatNote = devices.Kind == ComputeDevice.Cpu ? NoteOnFormats(request.Settings, settings) : null,
        };
    }

    private static string? NoteOnFormats(IReadOnlyDictionary<string, string?> asked, RestorationSettings settings)
    {
        (string Flag, DType Used)[] formats = [("ae_dtype", settings.VaeDType), ("diff_dtype", settings.DiffusionDType)];
        string[] inVain =
        [
            .. from format in formats
               where format.Used == DType.Float32 && asked.GetValueOrDefault(format.Flag) is not (null or "fp32")
               select $"--{format.Flag} {asked[format.Flag]}",
        ];
        return inVain.Length == 0 ? null : $"{string.Join(" and ", inVain)}: for a GPU; a CPU computes in fp32.";
    }
}
