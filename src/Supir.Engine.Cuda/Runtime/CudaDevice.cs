using System.Globalization;
using System.Text;
using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Libraries;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>One GPU: its primary context, which cuBLASLt and cuDNN share, one stream, and facts about it.</summary>
internal sealed unsafe class CudaDevice : IDisposable
{
    /// <summary>CUDA 12 and 13 libraries need this generation (Turing).</summary>
    private const int LeastArchitecture = 75;

    private const uint NonBlocking = 1;
    private const uint WithoutTiming = 2;

    /// <summary>Kernels that overlap can be recorded in graphs from this generation (Hopper) and driver on.</summary>
    private const int OverlappingArchitecture = 90;

    private const int OverlappingDriver = 12030;

    private readonly int _device;
    private readonly int _driverVersion;
    private readonly nint _context;

    /// <summary>Opens a GPU by its number.</summary>
    /// <exception cref="DeviceException">There is no such GPU, or something that it needs is missing; the message says what to do.</exception>
    public CudaDevice(int ordinal)
    {
        RequireLibraries(NativeLibraries.OnThisMachine);
        CudaResult initialised = CudaDriver.cuInit(0);
        if (initialised != CudaResult.Success)
        {
            throw new DeviceException($"The NVIDIA driver does not start: cuInit returned {initialised} ({(int)initialised}). Check with nvidia-smi, or use --device cpu.");
        }

        CudaDriver.cuDeviceGetCount(out int count).ThrowOnError();
        if (ordinal < 0 || ordinal >= count)
        {
            throw new DeviceException($"There is no GPU {ordinal}: the driver shows {count}. Choose one of --device cuda:0 to cuda:{Math.Max(0, count - 1)}, or --device cpu.");
        }

        CudaDriver.cuDeviceGet(out _device, ordinal).ThrowOnError();
        CudaDriver.cuDriverGetVersion(out int version).ThrowOnError();
        byte* name = stackalloc byte[256];
        CudaDriver.cuDeviceGetName(name, 256, _device).ThrowOnError();
        Name = Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        DriverVersion = string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
        _driverVersion = version;
        Architecture = (Attribute(CudaDeviceAttribute.ComputeCapabilityMajor) * 10) + Attribute(CudaDeviceAttribute.ComputeCapabilityMinor);
        Multiprocessors = Attribute(CudaDeviceAttribute.MultiprocessorCount);
        if (Architecture < LeastArchitecture)
        {
            throw new DeviceException($"{Name} is of compute capability {Architecture / 10}.{Architecture % 10}; 7.5 (Turing) or newer is needed. Use --device cpu.");
        }

        CudaDriver.cuDevicePrimaryCtxRetain(out _context, _device).ThrowOnError();
        MakeCurrent();
        Stream = CreateStream();
    }

    /// <summary>The GPU's name.</summary>
    public string Name { get; }

    /// <summary>The CUDA version of the driver.</summary>
    public string DriverVersion { get; }

    /// <summary>The compute capability without its dot: 90 for Hopper.</summary>
    public int Architecture { get; }

    /// <summary>Whether a kernel may begin before the one in front of it is over, where its launch asks for it.</summary>
    public bool OverlapsKernels => Architecture >= OverlappingArchitecture && _driverVersion >= OverlappingDriver;

    /// <summary>Multiprocessors.</summary>
    public int Multiprocessors { get; }

    /// <summary>The stream on which everything runs, in order.</summary>
    public nint Stream { get; }

    /// <summary>Another stream of the current context; whoever asks destroys it.</summary>
    public static nint CreateStream()
    {
        CudaDriver.cuStreamCreate(out nint stream, NonBlocking).ThrowOnError();
        return stream;
    }

    /// <summary>An event for ordering streams; whoever asks destroys it.</summary>
    public static nint CreateEvent()
    {
        CudaDriver.cuEventCreate(out nint created, WithoutTiming).ThrowOnError();
        return created;
    }

    /// <summary>Makes the context the calling thread's; every entry from outside does so first.</summary>
    public void MakeCurrent() => CudaDriver.cuCtxSetCurrent(_context).ThrowOnError();

    /// <summary>Free and total bytes of the GPU's memory.</summary>
    public (long Free, long Total) Memory()
    {
        MakeCurrent();
        CudaDriver.cuMemGetInfo_v2(out nuint free, out nuint total).ThrowOnError();
        return ((long)free, (long)total);
    }

    /// <summary>Waits until all that was put on the stream is done.</summary>
    public void Synchronize() => CudaDriver.cuStreamSynchronize(Stream).ThrowOnError();

    /// <inheritdoc/>
    public void Dispose()
    {
        MakeCurrent();
        _ = CudaDriver.cuStreamDestroy_v2(Stream);
        _ = CudaDriver.cuDevicePrimaryCtxRelease_v2(_device);
    }

    private static void RequireLibraries(CudaLibraries libraries)
    {
        foreach (string library in new[] { CudaDriver.Library, Nvrtc.Library, CublasLt.Library })
        {
            if (!NativeLibraries.TryLoad(library))
            {
                string advice = library == CudaDriver.Library
                    ? "Install NVIDIA's driver (nvidia-smi must work)"
                    : $"Install CUDA 12 or 13, or put the folder that has it into {LibrarySearch.Variable}";
                throw new DeviceException(
                    $"{libraries.Candidates(library)[0]} ({CudaLibraries.Known[library]}) cannot be loaded. {advice}, or use --device cpu. " +
                    $"Searched: {string.Join(", ", libraries.Folders)} and the system's own places.");
            }
        }
    }

    private int Attribute(CudaDeviceAttribute attribute)
    {
        CudaDriver.cuDeviceGetAttribute(out int value, attribute, _device).ThrowOnError();
        return value;
    }
}
