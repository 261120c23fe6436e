using System.Globalization;
using Supir.Engine;
using Supir.Restoration;
using Supir.Restoration.Options;

namespace Supir.Cli.Commands;

/// <summary>Amounts of memory as people write and read them: in gigabytes of a thousand million bytes.</summary>
internal static class MemoryAmount
{
    private const double Gigabyte = 1e9;
    private const double Least = 0.1;
    private const double Most = 100_000;

    /// <summary>The most memory that may be used of what computes, in bytes; <c>null</c> if nothing was said.</summary>
    /// <exception cref="OptionException">The value of <c>--ram</c> or <c>--vram</c> is no amount, or is for the other kind of device.</exception>
    public static long? Limit(ComputeDevice device, string? ram, string? vram)
    {
        (long? main, long? gpu) = (Parse(ram), Parse(vram, "--vram"));
        return (device, main, gpu) switch
        {
            (ComputeDevice.Cpu, _, not null) => throw new OptionException("--vram: is for a GPU, but the processor computes; --ram limits its memory."),
            (ComputeDevice.Cuda, not null, _) => throw new OptionException("--ram: is for the processor, but a GPU computes; --vram limits its memory."),
            (ComputeDevice.Cpu, _, _) => main,
            _ => gpu,
        };
    }

    /// <summary>The value of <c>--ram</c> or <c>--vram</c> in bytes; <c>null</c> if none was given.</summary>
    public static long? Parse(string? text, string flag = "--ram")
    {
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double amount) && amount is >= Least and <= Most
            ? (long)(amount * Gigabyte)
            : throw new OptionException($"{flag}: must be a number of gigabytes from {Least.ToString(CultureInfo.InvariantCulture)} to {Most.ToString(CultureInfo.InvariantCulture)} but is '{text}'.");
    }

    /// <summary>What a run will take, in a sentence.</summary>
    public static string Describe(MemoryPlan plan)
    {
        string memory = plan.IsOnGpu ? "GPU memory" : "memory";
        string weights = plan.Precision == WeightPrecision.EightBit ? ", with weights kept in 8 bits so that it fits" : "";
        string streamed = plan.ResidentWeightBytes is not null
            ? FormattableString.Invariant($", {plan.HostBytes / Gigabyte:F1} GB of weights waiting in the machine's memory and brought in at every step, which is slower")
            : "";
        string bands = plan.AddsBands ? ", the autoencoder working in bands" : "";
        string digits = plan.Bytes < Gigabyte ? "F3" : "F2";
        return FormattableString.Invariant(
            $"needs {(plan.Bytes / Gigabyte).ToString(digits, CultureInfo.InvariantCulture)} GB of {memory} of the {plan.LimitBytes / Gigabyte:F1} GB there are{weights}{streamed}{bands}");
    }
}
