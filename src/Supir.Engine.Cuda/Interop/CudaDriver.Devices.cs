using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>What is asked of GPUs that are not opened.</summary>
internal static unsafe partial class CudaDriver
{
    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceTotalMem_v2(out nuint bytes, int device);
}
