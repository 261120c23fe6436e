using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>Host memory that the GPU copies from and to by itself.</summary>
internal sealed unsafe class PinnedMemory : IDisposable
{
    private readonly CudaDevice _device;

    /// <summary>Takes a block.</summary>
    public PinnedMemory(CudaDevice device, long bytes)
    {
        _device = device;
        Bytes = bytes;
        CudaDriver.cuMemHostAlloc(out nint pointer, (nuint)Math.Max(bytes, 1), 0).ThrowOnError();
        Pointer = (byte*)pointer;
    }

    /// <summary>The address in the host.</summary>
    public byte* Pointer { get; }

    /// <summary>How much there is.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _ = CudaDriver.cuMemFreeHost((nint)Pointer);
    }
}
