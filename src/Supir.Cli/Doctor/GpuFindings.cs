using System.Globalization;
using Supir.Engine.Cuda.Libraries;

namespace Supir.Cli.Doctor;

/// <summary>What the machine has for running on a GPU. Having none is no fault: the processor does the same.</summary>
internal static class GpuFindings
{
    private const double BytesPerGigabyte = 1e9;

    /// <summary>A line for what decides, then one for each GPU and each library; the last one says where was searched, if something is missing.</summary>
    public static IEnumerable<Finding> Of(CudaInventory inventory)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        string verdict = inventory.Problem is string problem
            ? $"none can be used: {problem}; the processor computes"
            : $"{inventory.Usable.Count} can be used, cuda:{inventory.Usable[0].Number} is the default; driver for CUDA up to {inventory.DriverVersion}";
        yield return new Finding("GPU", true, verdict) { IsThere = inventory.Problem is null };
        foreach (GpuFinding gpu in inventory.Gpus)
        {
            string state = gpu.IsUsable ? "" : "; too old, 7.5 is the least";
            string facts = string.Create(
                CultureInfo.InvariantCulture, $"{gpu.Name}, {gpu.MemoryBytes / BytesPerGigabyte:F1} GB, compute capability {gpu.Architecture / 10}.{gpu.Architecture % 10}{state}");
            yield return new Finding($"cuda:{gpu.Number}", true, facts) { IsThere = gpu.IsUsable };
        }

        foreach (LibraryFinding library in inventory.Libraries)
        {
            yield return new Finding(NameOf(library), true, Describe(library)) { IsThere = library.LoadedFrom is not null };
        }

        if (inventory.Libraries.Any(library => library.LoadedFrom is null))
        {
            string places = $"{string.Join(", ", inventory.Folders)}, then the system's own places; {LibrarySearch.Variable} names further folders";
            yield return new Finding("searched", true, places) { IsThere = false };
        }
    }

    private static string NameOf(LibraryFinding library) => Path.GetFileNameWithoutExtension(library.FileName.Split(".so", 2)[0]);

    private static string Describe(LibraryFinding library)
    {
        if (library.LoadedFrom is not null)
        {
            return $"{library.Version}, {library.LoadedFrom} ({library.Purpose})";
        }

        string need = library.IsNeeded ? "needed for a GPU" : "without it our own kernels do the work, more slowly";
        string refused = library.Refused.Count == 0 ? $"{library.FileName} was not found" : $"found, but cannot be loaded: {string.Join(", ", library.Refused)}";
        return $"{refused} ({library.Purpose}; {need})";
    }
}
