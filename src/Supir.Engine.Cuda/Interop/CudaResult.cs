using System.Runtime.CompilerServices;

namespace Supir.Engine.Cuda.Interop;

/// <summary>What a driver function returns: CUresult of cuda.h, those values that a user can do something about.</summary>
internal enum CudaResult
{
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NotInitialized = 3,
    StubLibrary = 34,
    NoDevice = 100,
    InvalidDevice = 101,
    NoBinaryForGpu = 209,
    IllegalAddress = 700,
    LaunchOutOfResources = 701,
    LaunchFailed = 719,
    SystemDriverMismatch = 803,
}

/// <summary>CUdevice_attribute of cuda.h.</summary>
internal enum CudaDeviceAttribute
{
    MultiprocessorCount = 16,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
}

/// <summary>CUfunction_attribute of cuda.h.</summary>
internal enum CudaFunctionAttribute
{
    MaxDynamicSharedSizeBytes = 8,
}

/// <summary>Turns results that are not success into exceptions.</summary>
internal static class CudaResultChecks
{
    /// <summary>Throws unless the call succeeded; the message has the call as it is written.</summary>
    public static void ThrowOnError(this CudaResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != CudaResult.Success)
        {
            throw new DeviceException($"{call} returned {result} ({(int)result}).");
        }
    }
}
