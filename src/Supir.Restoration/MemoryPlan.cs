using Supir.Engine;

namespace Supir.Restoration;

/// <summary>The memory that a restoration takes, known before it begins.</summary>
/// <param name="Bytes">What the process will need in all when its largest network runs; one network is in memory at a time.</param>
/// <param name="LimitBytes">What it may use.</param>
/// <param name="Precision">How the weights are kept so that it does.</param>
public sealed record MemoryPlan(long Bytes, long LimitBytes, WeightPrecision Precision)
{
    /// <summary>What the program itself takes: the runtime, compiled code, pictures, tables.</summary>
    private const long ProgramBytes = 130_000_000;

    private const double BytesPerGigabyte = 1e9;

    private static readonly double[] SmallerSides = [0.75, 0.5, 0.375, 0.25];

    /// <summary>Chooses how weights are kept.</summary>
    /// <param name="need">The largest network's need, for weights kept in a certain way.</param>
    /// <param name="limitBytes">What may be used.</param>
    /// <param name="width">Pixels of a row of the working picture.</param>
    /// <param name="height">Rows of the working picture.</param>
    /// <param name="needAt">The need with 8-bit weights of a working picture whose sides are this part of the wanted ones.</param>
    /// <exception cref="DeviceMemoryException">It does not fit either way.</exception>
    public static MemoryPlan Choose(Func<WeightPrecision, PlanNeed> need, long limitBytes, int width, int height, Func<double, PlanNeed> needAt)
    {
        ArgumentNullException.ThrowIfNull(need);
        ArgumentNullException.ThrowIfNull(needAt);
        long stored = ProgramBytes + need(WeightPrecision.AsStored).TotalBytes;
        if (stored <= limitBytes)
        {
            return new MemoryPlan(stored, limitBytes, WeightPrecision.AsStored);
        }

        PlanNeed small = need(WeightPrecision.EightBit);
        long eightBit = ProgramBytes + small.TotalBytes;
        if (eightBit <= limitBytes)
        {
            return new MemoryPlan(eightBit, limitBytes, WeightPrecision.EightBit);
        }

        double? fitting = SmallerSides.Cast<double?>().FirstOrDefault(part => ProgramBytes + needAt(part!.Value).TotalBytes <= limitBytes);
        string remedy = fitting is double sides
            ? FormattableString.Invariant($"A working picture of about {width * sides:F0}×{height * sides:F0} would fit: lower --min_size or --upscale.")
            : FormattableString.Invariant($"Even the smallest picture needs more: the weights alone take {small.WeightBytes / BytesPerGigabyte:F1} GB in 8 bits.");
        throw new DeviceMemoryException(FormattableString.Invariant(
            $"Restoring at {width}×{height} takes {eightBit / BytesPerGigabyte:F1} GB of memory with weights in 8 bits, {stored / BytesPerGigabyte:F1} GB as stored, but there are {limitBytes / BytesPerGigabyte:F1} GB. {remedy}"));
    }

    /// <summary>The memory that programs can still have on this machine, bytes.</summary>
    public static long AvailableOnMachine()
    {
        const string Field = "MemAvailable:";
        const string MemoryFile = "/proc/meminfo";
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!File.Exists(MemoryFile))
        {
            return total;
        }

        string? line = File.ReadLines(MemoryFile).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], out long kilobytes) ? Math.Min(total, kilobytes * 1024) : total;
    }
}
