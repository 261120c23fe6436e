using System.Globalization;
using System.Runtime.InteropServices;
using Supir.Engine.Cpu;
using Supir.Restoration.Imaging;

namespace Supir.Cli.Doctor;

/// <summary>What the machine has.</summary>
internal static class MachineFindings
{
    private const double BytesPerGigabyte = 1e9;
    private const double BytesPerKibibyte = 1024;

    /// <summary>Processor, memory, runtime, libvips.</summary>
    public static IEnumerable<Finding> All()
    {
        yield return Finding.Of("processor", Processor);
        yield return Finding.Of("memory", Memory);
        yield return Finding.Of("system", () => $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        yield return Finding.Of("libvips", PictureLibrary);
    }

    private static string Processor()
    {
        string name = ValueIn("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        string kernels = InstructionSets.Best switch
        {
            InstructionSet.Avx512 => "AVX-512",
            InstructionSet.Avx2 => "AVX2",
            _ => "no vector instructions: slow",
        };
        using CpuBackend backend = new();
        return $"{name}; kernels: {kernels}; threads: {backend.ThreadCount}";
    }

    private static string Memory()
    {
        // The runtime knows the limit of a container, /proc only the machine's.
        double total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? available = ValueIn("/proc/meminfo", "MemAvailable")?.Split(' ')[0];
        string text = FormattableString.Invariant($"{total / BytesPerGigabyte:0.0} GB in all");
        return double.TryParse(available, NumberStyles.None, CultureInfo.InvariantCulture, out double kibibytes)
            ? text + FormattableString.Invariant($", {Math.Min(total, kibibytes * BytesPerKibibyte) / BytesPerGigabyte:0.0} GB available")
            : text;
    }

    private static string PictureLibrary()
    {
        string version = SupportedFormats.LibraryVersion;
        IReadOnlyList<FormatSupport> formats = SupportedFormats.Find();
        string read = string.Join(", ", formats.Where(format => format.CanRead).Select(format => format.Format));
        string written = string.Join(", ", formats.Where(format => format.CanWrite).Select(format => format.Format));
        return $"{version}; reads {read}; writes {written}";
    }

    /// <summary>What stands behind a name and a colon in one of Linux' text files; <c>null</c> where there is none.</summary>
    private static string? ValueIn(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
        : null;
}
