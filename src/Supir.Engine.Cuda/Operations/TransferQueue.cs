using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Operations;

/// <summary>A copy of a matrix from pinned memory into the ring.</summary>
/// <param name="Source">Where it waits.</param>
/// <param name="Destination">Its place in the ring.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="WaitsFor">The last transfer before it whose use must be over, counted from 0; −1 for none.</param>
internal readonly record struct Transfer(nint Source, nint Destination, long Bytes, int WaitsFor);

/// <summary>Transfers of weights on a stream of their own, which events tie to the uses on the main one; a recorded graph takes all of
/// it in. Copies run ahead of the uses as far as the ring has room.</summary>
internal sealed class TransferQueue : IDisposable
{
    private readonly CudaDevice _device;
    private readonly Transfer[] _transfers;
    private readonly nint _stream;
    private readonly nint _began;
    private readonly nint[] _arrived;
    private readonly nint[] _used;
    private int _started;
    private int _over;

    /// <summary>Prepares transfers, in the order of their uses.</summary>
    public TransferQueue(CudaDevice device, Transfer[] transfers)
    {
        _device = device;
        _transfers = transfers;
        _stream = CudaDevice.CreateStream();
        _began = CudaDevice.CreateEvent();
        _arrived = Array.ConvertAll(transfers, _ => CudaDevice.CreateEvent());
        _used = Array.ConvertAll(transfers, _ => CudaDevice.CreateEvent());
    }

    /// <summary>Begins a run: nothing is copied before what the main stream did until now is over.</summary>
    public void Begin()
    {
        _started = 0;
        _over = 0;
        CudaDriver.cuEventRecord(_began, _device.Stream).ThrowOnError();
        CudaDriver.cuStreamWaitEvent(_stream, _began, 0).ThrowOnError();
        StartWhatFits();
    }

    /// <summary>Lets the main stream wait for the next transfer.</summary>
    public void Await()
    {
        StartWhatFits();
        CudaDriver.cuStreamWaitEvent(_device.Stream, _arrived[_over], 0).ThrowOnError();
    }

    /// <summary>Tells that the main stream has put its use of that transfer behind it.</summary>
    public void Release()
    {
        CudaDriver.cuEventRecord(_used[_over], _device.Stream).ThrowOnError();
        _over++;
        StartWhatFits();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.MakeCurrent();
        _ = CudaDriver.cuStreamDestroy_v2(_stream);
        foreach (nint created in (IEnumerable<nint>)[_began, .. _arrived, .. _used])
        {
            _ = CudaDriver.cuEventDestroy_v2(created);
        }
    }

    private void StartWhatFits()
    {
        for (; _started < _transfers.Length && _transfers[_started].WaitsFor < _over; _started++)
        {
            Transfer transfer = _transfers[_started];
            if (transfer.WaitsFor >= 0)
            {
                CudaDriver.cuStreamWaitEvent(_stream, _used[transfer.WaitsFor], 0).ThrowOnError();
            }

            CudaDriver.cuMemcpyHtoDAsync_v2(transfer.Destination, transfer.Source, (nuint)transfer.Bytes, _stream).ThrowOnError();
            CudaDriver.cuEventRecord(_arrived[_started], _stream).ThrowOnError();
        }
    }
}
