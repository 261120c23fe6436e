using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>The functions of libcuda (nvcuda.dll) that we call, spelt as in cuda.h.</summary>
internal static unsafe partial class CudaDriver
{
    /// <summary>The name under which <see cref="NativeLibraries"/> resolves this library.</summary>
    public const string Library = "cuda";

    [LibraryImport(Library)]
    internal static partial CudaResult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDriverGetVersion(out int version);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemAlloc_v2(out nint pointer, nuint bytes);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFree_v2(nint pointer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemHostAlloc(out nint pointer, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFreeHost(nint pointer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyHtoDAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoHAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoDAsync_v2(nint destination, nint source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemsetD8Async(nint destination, byte value, nuint count, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamSynchronize(nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamEndCapture(nint stream, out nint graph);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphInstantiateWithFlags(out nint executable, nint graph, ulong flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphExecDestroy(nint executable);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGraphDestroy(nint graph);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventCreate(out nint timer, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventRecord(nint timer, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamWaitEvent(nint stream, nint timer, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventSynchronize(nint timer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventElapsedTime(out float milliseconds, nint start, nint end);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventDestroy_v2(nint timer);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleLoadData(out nint module, byte* image);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CudaResult cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(Library)]
    internal static partial CudaResult cuFuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

    [LibraryImport(Library)]
    internal static partial CudaResult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ,
        uint sharedBytes, nint stream, void** arguments, void** extra);

    [LibraryImport(Library)]
    internal static partial CudaResult cuLaunchKernelEx(CudaLaunchConfiguration* configuration, nint function, void** arguments, void** extra);
}
