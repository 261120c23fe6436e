using System.Globalization;
using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Runtime;

/// <summary>A block of the GPU's memory.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly CudaDevice _device;

    /// <summary>Takes a block; what is in it is undefined.</summary>
    /// <param name="device">The GPU.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="purpose">What it is for, for the message.</param>
    /// <exception cref="DeviceException">There is not that much free.</exception>
    public DeviceMemory(CudaDevice device, long bytes, string purpose)
    {
        _device = device;
        Bytes = bytes;
        CudaResult result = CudaDriver.cuMemAlloc_v2(out nint pointer, (nuint)Math.Max(bytes, 1));
        if (result == CudaResult.OutOfMemory)
        {
            (long free, long total) = device.Memory();
            throw new DeviceException(string.Create(
                CultureInfo.InvariantCulture,
                $"{device.Name}: {bytes / 1e9:f2} GB more are needed for {purpose}, but {free / 1e9:f2} of {total / 1e9:f2} GB are free. Take a smaller picture or tiles, close other programs on this GPU, or use --device cpu."));
        }

        result.ThrowOnError();
        Pointer = pointer;
    }

    /// <summary>The address on the GPU.</summary>
    public nint Pointer { get; }

    /// <summary>How much there is.</summary>
    public long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _ = CudaDriver.cuMemFree_v2(Pointer);
    }
}
