using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Journals;
using Supir.Restoration.Options;

namespace Supir.Server;

/// <summary>How a server is to run.</summary>
public sealed record ServerOptions
{
    /// <summary>The port that the reference's demos use.</summary>
    public const int DefaultPort = 6688;

    /// <summary>The address to listen at; only this machine can reach the default.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen at; 0 for any that is free.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Where jobs, history and results are kept.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What whoever calls has to show; <c>null</c> for nothing.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether other machines may call without a key.</summary>
    public bool Insecure { get; init; }

    /// <summary>The options file of the model that counts where a job names none.</summary>
    public required string DefaultModel { get; init; }

    /// <summary>A folder whose options files are offered, too; <c>null</c> for none.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>What is said of all models beside their options files.</summary>
    public ModelOverrides Overrides { get; init; } = ModelOverrides.None;

    /// <summary>What jobs may be computed by; the first counts where a job names none.</summary>
    public required IReadOnlyList<ServerDevice> Devices { get; init; }

    /// <summary>Settings that count where a job does not say otherwise, by the command line's names.</summary>
    public IReadOnlyDictionary<string, string?> Defaults { get; init; } = new Dictionary<string, string?>();

    /// <summary>What describes pictures, if anything does.</summary>
    public CaptionerChoice Captioner { get; init; } = CaptionerChoice.None;

    /// <summary>Opens a device that the captioner has to itself; gives <c>null</c> where it shares that of the restorations.</summary>
    public Func<IBackend?> OpenCaptionDevice { get; init; } = () => null;

    /// <summary>Jobs that may wait; further ones are refused until there is room.</summary>
    public int MaxQueue { get; init; } = 200;

    /// <summary>The most bytes of a picture.</summary>
    public long MaxUploadBytes { get; init; } = 64L << 20;

    /// <summary>The most pixels of a picture, looked up in its header before it is decoded.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>The longest that one job may run.</summary>
    public TimeSpan JobTimeLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often a long run keeps its state at most, so that it goes on from there after a kill; <c>null</c> for never.</summary>
    public TimeSpan? JournalInterval { get; init; } = RunJournal.UsualInterval;

    /// <summary>The folder of the built page.</summary>
    public string WebRoot { get; init; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>A device by its id; the first one for <c>null</c>.</summary>
    /// <exception cref="OptionException">There is none of that id.</exception>
    internal ServerDevice DeviceOf(string? id) => id is null
        ? Devices[0]
        : Devices.FirstOrDefault(device => device.Id.Equals(id, StringComparison.OrdinalIgnoreCase))
            ?? throw new OptionException($"device: there is none of that name; there are {string.Join("; ", Devices.Select(device => device.Id))}.");
}
