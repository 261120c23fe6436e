using System.Globalization;
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
        CudaResult result = CudaDriver.cuMemHostAlloc(out nint pointer, (nuint)Math.Max(bytes, 1), 0);
        if (result == CudaResult.OutOfMemory)
        {
            throw new DeviceException(string.Create(
                CultureInfo.InvariantCulture, $"{bytes / 1e9:f2} GB of this machine's memory are needed to feed the GPU from, but cannot be had. Close other programs, or keep weights in 8 bits."));
        }

        result.ThrowOnError();
        Pointer = (byte*)pointer;
    }

    /// <summary>The address in the host.</summary>
    public byte* Pointer { get; }

    /// <summary>The same as a number.</summary>
    public nint Address => (nint)Pointer;

    /// <summary>How much there is.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _ = CudaDriver.cuMemFreeHost((nint)Pointer);
    }
}
