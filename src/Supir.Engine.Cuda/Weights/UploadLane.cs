using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Weights;

namespace Supir.Engine.Cuda.Weights;

/// <summary>One thread's way to the GPU: it copies stored tensors piece by piece into pinned memory, from where the GPU takes them,
/// converts and reorders them, while the next piece is copied.</summary>
internal sealed unsafe class UploadLane : IDisposable
{
    private const int Slots = 2;

    /// <summary>A tenth of a millisecond on the bus: long against the cost of starting a copy.</summary>
    private const long PieceBytes = 4L << 20;

    private readonly CudaDevice _device;
    private readonly KernelCache _kernels;
    private readonly nint _stream;
    private readonly Slot[] _slots = new Slot[Slots];
    private DeviceMemory? _assembled;
    private int _next;

    /// <summary>Opens a lane.</summary>
    public UploadLane(CudaDevice device, KernelCache kernels)
    {
        _device = device;
        _kernels = kernels;
        _stream = CudaDevice.CreateStream();
        for (int i = 0; i < Slots; i++)
        {
            _slots[i] = new Slot(device);
        }
    }

    /// <summary>Puts all jobs of a weight on the way.</summary>
    public void Bring(WeightJob[] jobs, nint refused)
    {
        for (int i = 0; i < jobs.Length; i++)
        {
            Bring(jobs[i], refused + (i * sizeof(int)));
        }
    }

    /// <summary>Puts a weight together on the GPU and copies it to pinned memory.</summary>
    public void BringToHost(WeightKey key, nint host, nint refused)
    {
        if (_assembled is null || _assembled.Bytes < key.Bytes)
        {
            Finish();
            _assembled?.Dispose();
            _assembled = null;
            _assembled = new DeviceMemory(_device, key.Bytes, "bringing weights in");
        }

        CudaDriver.cuMemsetD8Async(_assembled.Pointer, 0, (nuint)key.Bytes, _stream).ThrowOnError();
        Bring([.. key.Jobs(_assembled.Pointer)], refused);
        CudaDriver.cuMemcpyDtoHAsync_v2(host, _assembled.Pointer, (nuint)key.Bytes, _stream).ThrowOnError();
    }

    /// <summary>Waits until everything has arrived.</summary>
    public void Finish() => CudaDriver.cuStreamSynchronize(_stream).ThrowOnError();

    /// <summary>Gives back what only <see cref="BringToHost"/> needs.</summary>
    public void Trim()
    {
        _assembled?.Dispose();
        _assembled = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _ = CudaDriver.cuStreamSynchronize(_stream);
        Trim();
        Array.ForEach(_slots, slot => slot.Dispose());
        _ = CudaDriver.cuStreamDestroy_v2(_stream);
    }

    private void Bring(WeightJob job, nint refused)
    {
        byte* source = (byte*)job.Source.Pin();
        byte* groupScales = (byte*)(job.Source.GroupScales?.Pin() ?? 0);
        try
        {
            fixed (float* rowScales = job.Source.Scales)
            {
                BringRows(job, source, groupScales == null ? (byte*)rowScales : groupScales, refused);
            }
        }
        finally
        {
            job.Source.GroupScales?.Unpin();
            job.Source.Unpin();
        }
    }

    private void BringRows(WeightJob job, byte* source, byte* scales, nint refused)
    {
        int storedRows = job.Source.Shape[0];
        long rowBytes = job.Source.ByteCount / storedRows;
        int scaleBytes = ScaleBytesOf(job.Source);

        // Rows of a transposed matrix are not rows of the result: it goes in one piece.
        int most = job.Sizes.IsTransposed ? storedRows : (int)Math.Clamp(PieceBytes / (rowBytes + scaleBytes), 1, storedRows);
        for (int first = 0; first < storedRows; first += most)
        {
            int count = Math.Min(most, storedRows - first);
            long bytes = count * rowBytes;
            long scalesAt = (bytes + 15) & ~15L;
            Slot slot = _slots[_next];
            _next = (_next + 1) % Slots;
            slot.Reserve(scalesAt + ((long)count * scaleBytes));
            Buffer.MemoryCopy(source + (first * rowBytes), slot.Host, slot.Bytes, bytes);
            Buffer.MemoryCopy(scales + ((long)first * scaleBytes), slot.Host + scalesAt, slot.Bytes - scalesAt, (long)count * scaleBytes);
            CudaDriver.cuMemcpyHtoDAsync_v2(slot.Device, (nint)slot.Host, (nuint)(scalesAt + ((long)count * scaleBytes)), _stream).ThrowOnError();
            Launch(job, first, count, slot.Device, scaleBytes == 0 ? 0 : slot.Device + (nint)scalesAt, refused);
            slot.Mark(_stream);
        }
    }

    /// <summary>Bytes of the scales of one stored row.</summary>
    private static int ScaleBytesOf(Weight weight) => weight.Type switch
    {
        DType.Int8 => sizeof(float),
        DType.Int4 => weight.Shape[1] / FourBitGroups.Inputs * DType.Float16.SizeInBytes,
        _ => 0,
    };

    private void Launch(WeightJob job, int first, int count, nint source, nint scales, nint refused)
    {
        Kernels.WeightSizes sizes = job.Sizes.IsTransposed ? job.Sizes : job.Sizes with { Outputs = count };
        long depth = (long)job.Sizes.Taps * job.Sizes.PaddedInputs;
        nint destination = job.Destination + (nint)(first * depth * job.Type.SizeInBytes);
        Runtime.KernelLaunch launch = job.FirstFourBitRow is int row
            ? Kernels.Weights.BringInFour(_kernels, source, job.Source.Type, scales, job.Destination, row + first, sizes, refused)
            : job.Scales == 0
            ? Kernels.Weights.BringIn(_kernels, source, job.Source.Type, scales, destination, job.Type, sizes, refused)
            : Kernels.Weights.BringInEight(
                _kernels, source, job.Source.Type, scales, destination, job.Type, job.Scales + (first * sizeof(float)), sizes, refused);
        launch.Run(_stream);
    }

    /// <summary>Pinned memory, its counterpart on the GPU, and when both are free again.</summary>
    private sealed class Slot : IDisposable
    {
        private readonly CudaDevice _device;
        private readonly nint _free;
        private PinnedMemory _host;
        private DeviceMemory _staging;

        public Slot(CudaDevice device)
        {
            _device = device;
            _free = CudaDevice.CreateEvent();
            _host = new PinnedMemory(device, PieceBytes);
            _staging = new DeviceMemory(device, PieceBytes, "bringing weights in");
        }

        public byte* Host => _host.Pointer;

        public nint Device => _staging.Pointer;

        public long Bytes => _host.Bytes;

        /// <summary>Waits until the slot is free and makes it large enough.</summary>
        public void Reserve(long bytes)
        {
            CudaDriver.cuEventSynchronize(_free).ThrowOnError();
            if (bytes > Bytes)
            {
                _host.Dispose();
                _host = new PinnedMemory(_device, bytes);
                _staging.Dispose();
                _staging = new DeviceMemory(_device, bytes, "bringing weights in");
            }
        }

        public void Mark(nint stream) => CudaDriver.cuEventRecord(_free, stream).ThrowOnError();

        public void Dispose()
        {
            _ = CudaDriver.cuEventDestroy_v2(_free);
            _host.Dispose();
            _staging.Dispose();
        }
    }
}
