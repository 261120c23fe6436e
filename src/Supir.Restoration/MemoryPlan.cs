using Supir.Engine;
using Supir.Restoration.Options;

namespace Supir.Restoration;

/// <summary>The memory that a restoration takes, known before it begins.</summary>
/// <param name="Bytes">What the process will need in all when its largest network runs; one network is in memory at a time.</param>
/// <param name="LimitBytes">What it may use.</param>
/// <param name="Precision">How the weights are kept so that it does.</param>
public sealed record MemoryPlan(long Bytes, long LimitBytes, WeightPrecision Precision)
{
    /// <summary>Whether it is a GPU's memory; otherwise it is the machine's.</summary>
    public bool IsOnGpu { get; init; }

    /// <summary>On a GPU: how many bytes of weights stay there, the rest being brought in at every step; <c>null</c> for all.</summary>
    public long? ResidentWeightBytes { get; init; }

    /// <summary>On a GPU: bytes of the machine's memory for weights that wait there.</summary>
    public long HostBytes { get; init; }

    /// <summary>Tiles or samples that go through the diffusion at a time.</summary>
    public int TileBatch { get; init; } = 1;

    /// <summary>How the autoencoder works in bands, or <c>null</c> for the whole picture at once.</summary>
    public TiledVaeOptions? Bands { get; init; }

    /// <summary>Whether the bands were not asked for, but are needed so that it fits.</summary>
    public bool AddsBands { get; init; }

    /// <summary>Whether memory is short: weights are rounded or brought in, tiles wait, or the autoencoder works in bands, though nobody asked for it.</summary>
    public bool IsConfined { get; init; }

    /// <summary>The memory that this program can still have on this machine, bytes.</summary>
    public static long AvailableOnMachine()
    {
        const string Field = "MemAvailable:";
        const string MemoryFile = "/proc/meminfo";
        string? line = File.Exists(MemoryFile) ? File.ReadLines(MemoryFile).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        long available = words.Length > 1 && long.TryParse(words[1], out long kilobytes) ? kilobytes * 1024 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Min(available, ControlGroup.Room() ?? long.MaxValue);
    }
}
