using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Measures work as a network meets it: the source has just been written and lies in the cache, the weights do not.</summary>
internal sealed class ColdTimer(CudaDevice device) : IDisposable
{
    private const int Repetitions = 4;

    /// <summary>What was this much slower than the best does not get another try.</summary>
    private const float Hopeless = 1.3f;

    /// <summary>Twice the second-level cache of the largest GPUs.</summary>
    private const long FlushBytes = 128L << 20;

    private DeviceMemory? _flush;
    private DeviceMemory? _workspace;

    /// <summary>Workspace for what is measured.</summary>
    public nint Workspace(long bytes)
    {
        if (_workspace is null || _workspace.Bytes < bytes)
        {
            _workspace?.Dispose();
            _workspace = null;
            _workspace = new DeviceMemory(device, bytes, "measuring");
        }

        return _workspace.Pointer;
    }

    /// <summary>The least time of a few runs in milliseconds; infinite where one fails.</summary>
    /// <param name="source">What the cache holds at the start.</param>
    /// <param name="sourceBytes">How much of it.</param>
    /// <param name="best">The least time of what was measured before it.</param>
    /// <param name="run">Puts the work on the stream; returns 0 for success.</param>
    public float Measure(nint source, long sourceBytes, float best, Func<int> run)
    {
        nint stream = device.Stream;
        _flush ??= new DeviceMemory(device, FlushBytes, "measuring");
        CudaDriver.cuEventCreate(out nint start, 0).ThrowOnError();
        CudaDriver.cuEventCreate(out nint end, 0).ThrowOnError();
        float least = float.PositiveInfinity;
        try
        {
            for (int i = 0; i <= Repetitions && (i < 2 || least <= Hopeless * best); i++)
            {
                CudaDriver.cuMemsetD8Async(_flush.Pointer, (byte)i, (nuint)FlushBytes, stream).ThrowOnError();
                CudaDriver.cuMemcpyDtoDAsync_v2(_flush.Pointer, source, (nuint)Math.Min(sourceBytes, FlushBytes / 4), stream).ThrowOnError();
                CudaDriver.cuEventRecord(start, stream).ThrowOnError();
                if (run() != 0)
                {
                    return float.PositiveInfinity;
                }

                CudaDriver.cuEventRecord(end, stream).ThrowOnError();
                CudaDriver.cuEventSynchronize(end).ThrowOnError();
                CudaDriver.cuEventElapsedTime(out float time, start, end).ThrowOnError();
                least = i == 0 ? least : Math.Min(least, time); // the first loads the kernel
            }
        }
        finally
        {
            _ = CudaDriver.cuEventDestroy_v2(start);
            _ = CudaDriver.cuEventDestroy_v2(end);
        }

        return least;
    }

    /// <summary>Gives the memory back; the next measurement takes it again.</summary>
    public void Dispose()
    {
        _flush?.Dispose();
        _flush = null;
        _workspace?.Dispose();
        _workspace = null;
    }
}
