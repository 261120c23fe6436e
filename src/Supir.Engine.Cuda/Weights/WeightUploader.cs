using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Weights;

/// <summary>Brings stored tensors to the GPU and into the form that products read.</summary>
/// <remarks>A stored tensor is copied to a staging block on the GPU as it is; a kernel converts and reorders it from there. All on
/// one stream, so that one staging block does.</remarks>
internal sealed unsafe class WeightUploader(CudaDevice device, KernelCache kernels) : IDisposable
{
    private const int ScaleBytes = 1 << 20;

    private readonly DeviceMemory _scales = new(device, ScaleBytes, "weights");
    private readonly DeviceMemory _refused = Zeroed(device, MostPending);
    private readonly List<string> _pending = [];
    private DeviceMemory? _staging;

    /// <summary>Weights between two questions whether any was refused.</summary>
    private const int MostPending = 4096;

    /// <summary>Uploads a tensor.</summary>
    public void Upload(Weight weight, nint destination, DType type, WeightSizes sizes)
    {
        if (_pending.Count == MostPending)
        {
            RequireFinite();
        }

        nint refused = _refused.Pointer + (_pending.Count * sizeof(int));
        _pending.Add(weight.Name);
        if (_staging is null || _staging.Bytes < weight.ByteCount)
        {
            device.Synchronize();
            _staging?.Dispose();
            _staging = null;
            _staging = new DeviceMemory(device, Math.Max(weight.ByteCount, 64L << 20), "bringing weights in");
        }

        nint address = weight.Pin();
        try
        {
            // From ordinary memory the call returns when the bytes have been read.
            CudaDriver.cuMemcpyHtoDAsync_v2(_staging.Pointer, address, (nuint)weight.ByteCount, device.Stream).ThrowOnError();
            if (!weight.Scales.IsEmpty)
            {
                fixed (float* scales = weight.Scales)
                {
                    CudaDriver.cuMemcpyHtoDAsync_v2(_scales.Pointer, (nint)scales, (nuint)(weight.Scales.Length * sizeof(float)), device.Stream).ThrowOnError();
                    device.Synchronize();
                }
            }
        }
        finally
        {
            weight.Unpin();
        }

        Kernels.Weights.BringIn(kernels, _staging.Pointer, weight.Type, weight.Scales.IsEmpty ? 0 : _scales.Pointer, destination, type, sizes, refused)
            .Run(device.Stream);
    }

    /// <summary>Waits for all uploads and refuses what was not finite; gives back the staging block.</summary>
    /// <exception cref="InvalidDataException">A weight holds an infinity or NaN, or a number too large for the values' format.</exception>
    public void RequireFinite()
    {
        int[] refused = new int[_pending.Count];
        fixed (int* destination = refused)
        {
            CudaDriver.cuMemcpyDtoHAsync_v2((nint)destination, _refused.Pointer, (nuint)(refused.Length * sizeof(int)), device.Stream).ThrowOnError();
            device.Synchronize();
        }

        CudaDriver.cuMemsetD8Async(_refused.Pointer, 0, (nuint)_refused.Bytes, device.Stream).ThrowOnError();
        int first = Array.FindIndex(refused, flag => flag != 0);
        string? name = first < 0 ? null : _pending[first];
        _pending.Clear();
        _staging?.Dispose();
        _staging = null;
        if (name is not null)
        {
            throw new InvalidDataException($"The weight '{name}' holds numbers that are not finite, or too large for the chosen number format.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _staging?.Dispose();
        _scales.Dispose();
        _refused.Dispose();
    }

    private static DeviceMemory Zeroed(CudaDevice device, int count)
    {
        DeviceMemory memory = new(device, (long)count * sizeof(int), "weights");
        CudaDriver.cuMemsetD8Async(memory.Pointer, 0, (nuint)memory.Bytes, device.Stream).ThrowOnError();
        return memory;
    }
}
