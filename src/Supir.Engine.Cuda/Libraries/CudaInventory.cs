using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Supir.Engine.Cuda.Cudnn;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Libraries;

/// <summary>What this machine has for running on a GPU, and what is missing. Loads the libraries; opens no GPU.</summary>
/// <param name="Libraries">CUDA's libraries, the driver's first.</param>
/// <param name="Folders">Folders that were searched before the system's own places.</param>
/// <param name="DriverVersion">The newest CUDA version that the driver knows, or <c>null</c> where there is no driver.</param>
/// <param name="Gpus">The GPUs that the driver shows.</param>
/// <param name="Problem">Why no GPU can be used, as a clause without a full stop; <c>null</c> where one can.</param>
public sealed record CudaInventory(
    IReadOnlyList<LibraryFinding> Libraries, IReadOnlyList<string> Folders, string? DriverVersion, IReadOnlyList<GpuFinding> Gpus, string? Problem)
{
    private const int LongestName = 256;

    /// <summary>cuBLASLt and cuDNN write 13.1.0 as 130100 and 9.19.0 as 91900.</summary>
    private const int VersionUnit = 10000;

    /// <summary>GPUs that can be used.</summary>
    public IReadOnlyList<GpuFinding> Usable => Problem is null ? [.. Gpus.Where(gpu => gpu.IsUsable)] : [];

    /// <summary>Looks at everything, or only at what decides whether a GPU can be used.</summary>
    public static CudaInventory Take(bool isThorough)
    {
        CudaLibraries found = NativeLibraries.OnThisMachine;
        bool hasDriver = NativeLibraries.TryLoad(CudaDriver.Library);
        IEnumerable<string> names = CudaLibraries.Known.Keys.Where(name => name != "nvrtc-builtins").Take(hasDriver || isThorough ? int.MaxValue : 1);
        LibraryFinding[] libraries = [.. names.Select(name => Look(found, name))];
        if (!hasDriver)
        {
            return new CudaInventory(libraries, found.Folders, null, [], $"NVIDIA's driver ({libraries[0].FileName}) is not there");
        }

        CudaResult started = CudaDriver.cuInit(0);
        List<GpuFinding> gpus = started == CudaResult.Success ? FindGpus() : [];
        LibraryFinding? missing = libraries.FirstOrDefault(library => library.IsNeeded && library.LoadedFrom is null);
        string? problem =
            started is not (CudaResult.Success or CudaResult.NoDevice) ? $"NVIDIA's driver does not start (cuInit: {started}, {(int)started})"
            : gpus.Count == 0 ? "NVIDIA's driver shows no GPU"
            : !gpus.Any(gpu => gpu.IsUsable) ? $"{gpus[0].Name} is of compute capability {Generation(gpus[0].Architecture)}, and {Generation(GpuFinding.LeastArchitecture)} (Turing) is the least"
            : missing is not null ? $"{gpus[0].Name} is there, but {missing.FileName} ({missing.Purpose}) is not"
            : null;
        return new CudaInventory(libraries, found.Folders, NativeLibraries.DriverVersion, gpus, problem);
    }

    private static string Generation(int architecture) => string.Create(CultureInfo.InvariantCulture, $"{architecture / 10}.{architecture % 10}");

    private static string Dotted(long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / VersionUnit}.{version % VersionUnit / 100}.{version % 100}");

    private static LibraryFinding Look(CudaLibraries found, string name)
    {
        bool isLoaded = NativeLibraries.TryLoad(name);
        string? file = isLoaded ? NativeLibraries.FileOf(name) : null;
        string? version = !isLoaded ? null : name switch
        {
            CudaDriver.Library => NativeLibraries.DriverVersion,
            Nvrtc.Library => KernelCompiler.Version(),
            CublasLt.Library => Dotted(ProductTuner.Version),
            _ => Dotted(CudnnEngine.Version),
        };
        string[] refused = isLoaded ? [] : [.. found.Candidates(name).Where(Path.IsPathRooted)];
        return new LibraryFinding(found.FileNames(name)[0], CudaLibraries.Known[name], name != CudnnLibrary.Library, file, version, refused);
    }

    private static unsafe List<GpuFinding> FindGpus()
    {
        List<GpuFinding> gpus = [];
        CudaDriver.cuDeviceGetCount(out int count).ThrowOnError();
        byte* name = stackalloc byte[LongestName];
        for (int number = 0; number < count; number++)
        {
            CudaDriver.cuDeviceGet(out int device, number).ThrowOnError();
            CudaDriver.cuDeviceGetName(name, LongestName, device).ThrowOnError();
            CudaDriver.cuDeviceGetAttribute(out int major, CudaDeviceAttribute.ComputeCapabilityMajor, device).ThrowOnError();
            CudaDriver.cuDeviceGetAttribute(out int minor, CudaDeviceAttribute.ComputeCapabilityMinor, device).ThrowOnError();
            CudaDriver.cuDeviceTotalMem_v2(out nuint bytes, device).ThrowOnError();
            string text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
            gpus.Add(new GpuFinding(number, text, (major * 10) + minor, (long)bytes));
        }

        return gpus;
    }
}
