using System.Diagnostics;
using System.Globalization;
using Supir.Cli.CommandLine;
using Supir.Devices;
using Supir.Engine.Cuda.Libraries;
using Supir.Restoration;
using Supir.Restoration.Captioning;
using Supir.Restoration.Options;
using Supir.Server;

namespace Supir.Cli.Commands;

/// <summary><c>supir serve</c>: the web page and the API.</summary>
internal static class ServeCommand
{
    /// <summary>The variable that a key may come in, which keeps it out of the list of processes.</summary>
    private const string KeyVariable = "SUPIR_API_KEY";

    private const string ChangesNothing = "Changes nothing: ";
    private const long Million = 1_000_000;

    private static readonly string[] JobDefaults = ["use_tile_vae", "encoder_tile_size", "decoder_tile_size"];

    /// <summary>Serves until it is asked to stop.</summary>
    /// <param name="flags">Flag → text; <c>null</c> for a flag that was not given.</param>
    /// <param name="terminal">Where to say the address.</param>
    /// <param name="stop">Asks it to stop.</param>
    public static int Run(IReadOnlyDictionary<string, string?> flags, Terminal terminal, CancellationToken stop)
    {
        ServerOptions options = Options(flags);
        foreach (Flag flag in ServeFlags.All.Where(flag => flags[flag.Setting] is not null && flag.Help.StartsWith(ChangesNothing, StringComparison.Ordinal)))
        {
            terminal.Error.WriteLine($"{flag.Name}: {char.ToLowerInvariant(flag.Help[0])}{flag.Help[1..]}.");
        }

        Serve(options, IsOn(flags, "no_browser"), terminal, stop).GetAwaiter().GetResult();
        return ExitCodes.Done;
    }

    private static async Task Serve(ServerOptions options, bool withoutBrowser, Terminal terminal, CancellationToken stop)
    {
        await using SupirServer server = await SupirServer.Start(options);
        terminal.Output.WriteLine($"{server.Address}  (the API: {server.Address}/api; jobs and results: {options.DataFolder}; Ctrl-C ends it)");
        if (!withoutBrowser)
        {
            OpenBrowser(server.Address);
        }

        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("stopping; a picture that is worked on goes back into the queue");
        }
    }

    private static ServerOptions Options(IReadOnlyDictionary<string, string?> flags)
    {
        ServerOptions defaults = new() { DataFolder = "", DefaultModel = "", Devices = [] };
        int threads = ThreadCount.Parse(flags["threads"]);
        DeviceChoice devices = DeviceChoice.Of(flags["device"]);
        long? limit = MemoryAmount.Limit(devices.Kind, flags["ram"], flags["vram"]);
        CaptionerChoice captioner = CaptionSettings.Resolve(CaptionFlags.All.ToDictionary(flag => flag.Setting, flag => flags[flag.Setting]), MemoryAmount.Parse(flags["ram"]));
        IReadOnlyList<GpuFinding> gpus = devices.Kind == ComputeDevice.Cuda ? CudaInventory.Take(isThorough: false).Usable : [];
        string model = flags["opt"] ?? ShippedFiles.DefaultOptions;
        return new ServerOptions
        {
            Host = flags["host"] ?? flags["ip"] ?? defaults.Host,
            Port = (int)Whole(flags, "port", 0, 65535, defaults.Port),
            ApiKey = (flags["api_key"] ?? Environment.GetEnvironmentVariable(KeyVariable)) is { Length: > 0 } key ? key : null,
            Insecure = IsOn(flags, "insecure"),
            DataFolder = Path.GetFullPath(flags["data"] ?? DefaultDataFolder()),
            DefaultModel = model,
            ModelFolder = ShippedFiles.OptionsFolder,
            Overrides = new ModelOverrides(new Dictionary<string, string?>())
            {
                PathsFile = flags["checkpoints"],
                HalfParameters = IsOn(flags, "loading_half_params"),
            },
            Captioner = captioner,
            OpenCaptionDevice = () => CaptionDevice.OpenBeside(captioner, devices, threads)?.Backends[0],
            Devices = [.. Choices(devices).Select(choice => Describe(choice, gpus, threads, choice == devices ? limit : null))],
            JournalInterval = JournalPause.Parse(flags["journal"]),
            MaxQueue = (int)Whole(flags, "max_queue", 1, 100_000, defaults.MaxQueue),
            JobTimeLimit = TimeSpan.FromSeconds(Whole(flags, "job_time_limit", 1, 30 * 86400, (long)defaults.JobTimeLimit.TotalSeconds)),
            MaxUploadBytes = Whole(flags, "max_upload", 1, 1024, defaults.MaxUploadBytes >> 20) << 20,
            MaxPixels = Whole(flags, "max_pixels", 1, 500, defaults.MaxPixels / Million) * Million,
            Defaults = JobDefaults.ToDictionary(name => name, name => flags[name]),
        };
    }

    /// <summary>What jobs may choose from: what was chosen for all, then each of several GPUs by itself, then the processor.</summary>
    private static IEnumerable<DeviceChoice> Choices(DeviceChoice devices)
    {
        IEnumerable<DeviceChoice> single = devices.Gpus.Count > 1 ? devices.Gpus.Select(gpu => new DeviceChoice([gpu], null)) : [];
        IEnumerable<DeviceChoice> processor = devices.Kind == ComputeDevice.Cuda ? [new DeviceChoice([], null)] : [];
        return [devices, .. single, .. processor];
    }

    private static ServerDevice Describe(DeviceChoice choice, IReadOnlyList<GpuFinding> gpus, int threads, long? memoryLimit) =>
        new(choice.Id, Name(choice, gpus), choice.Kind, () => DeviceSet.Open(choice, threads).Backends) { MemoryLimit = memoryLimit };

    private static string Name(DeviceChoice choice, IReadOnlyList<GpuFinding> gpus) => choice.Kind == ComputeDevice.Cpu
        ? "CPU"
        : string.Join(" and ", choice.Gpus.Select(number => string.Create(CultureInfo.InvariantCulture, $"{gpus.First(gpu => gpu.Number == number).Name} ({number})")));

    private static string DefaultDataFolder() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "supir");

    private static bool IsOn(IReadOnlyDictionary<string, string?> flags, string name) => flags[name] is string text && text is not "false";

    private static long Whole(IReadOnlyDictionary<string, string?> flags, string name, long least, long most, long otherwise) => flags[name] is not string text
        ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new OptionException($"--{name}: must be a whole number from {least} to {most} but is '{text}'.");

    // Only where a person sits in front of a screen; a browser that does not open harms nobody, the address stands on the terminal.
    private static void OpenBrowser(string address)
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("DISPLAY") is null && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null)
        {
            return;
        }

        try
        {
            string opener = OperatingSystem.IsLinux() ? "xdg-open" : OperatingSystem.IsMacOS() ? "open" : "explorer";
            using Process? browser = Process.Start(new ProcessStartInfo(opener, address) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // There is none.
        }
    }
}
