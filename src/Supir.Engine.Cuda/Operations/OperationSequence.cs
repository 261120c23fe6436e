using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Operations;

/// <summary>The operations of a plan's part in order: some aside on a stream of their own, and beside them the transfers of streamed
/// weights.</summary>
internal sealed class OperationSequence : IDisposable
{
    private readonly CudaDevice _device;
    private readonly PlannedStep[] _steps;
    private readonly TransferQueue? _transfers;
    private readonly nint _aside;
    private readonly nint _forked;
    private readonly nint _asideIsOver;

    /// <summary>Prepares a part.</summary>
    /// <param name="device">The GPU.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="weights">Where streamed weights wait.</param>
    /// <param name="ring">Through which they pass.</param>
    public OperationSequence(CudaDevice device, PlannedStep[] steps, WeightLease weights, nint ring)
    {
        _device = device;
        _steps = steps;
        Operations = [.. steps.SelectMany(step => step.Operations)];
        Transfer[] transfers = [.. steps.Select(step => step.Transfer).OfType<WeightTransfer>().Select(
            transfer => new Transfer(weights.HostAddressOf(transfer.Key), ring + (nint)transfer.Offset, transfer.Key.Bytes, transfer.WaitsFor))];
        _transfers = transfers.Length > 0 ? new TransferQueue(device, transfers) : null;
        WorkspaceBytes = WorkspaceOf(isAside: false);
        AsideWorkspaceBytes = WorkspaceOf(isAside: true);
        if (steps.Any(step => step.IsAside))
        {
            _aside = CudaDevice.CreateStream();
            _forked = CudaDevice.CreateEvent();
            _asideIsOver = CudaDevice.CreateEvent();
        }
    }

    /// <summary>All operations in order.</summary>
    public IReadOnlyList<CudaOperation> Operations { get; }

    /// <summary>Bytes of workspace for what runs on the main stream.</summary>
    public long WorkspaceBytes { get; }

    /// <summary>Bytes of workspace for what runs aside.</summary>
    public long AsideWorkspaceBytes { get; }

    /// <summary>Puts everything on the GPU.</summary>
    /// <param name="workspace">Memory that operations share.</param>
    /// <param name="asideWorkspace">The same for those aside.</param>
    /// <param name="afterEach">Called after each operation was put there; nothing runs aside then.</param>
    public void Launch(nint workspace, nint asideWorkspace, Action? afterEach = null)
    {
        bool runsAside = _aside != 0 && afterEach is null;
        bool isJoined = !runsAside;
        if (runsAside)
        {
            CudaDriver.cuEventRecord(_forked, _device.Stream).ThrowOnError();
            CudaDriver.cuStreamWaitEvent(_aside, _forked, 0).ThrowOnError();
        }

        _transfers?.Begin();
        foreach (PlannedStep step in _steps)
        {
            bool isAside = runsAside && step.IsAside;
            if (step.NeedsAside && !isJoined)
            {
                Join();
            }

            Launch(step, isAside ? _aside : _device.Stream, isAside ? asideWorkspace : workspace, afterEach);
        }

        if (!isJoined)
        {
            Join();
        }

        void Join()
        {
            CudaDriver.cuEventRecord(_asideIsOver, _aside).ThrowOnError();
            CudaDriver.cuStreamWaitEvent(_device.Stream, _asideIsOver, 0).ThrowOnError();
            isJoined = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transfers?.Dispose();
        foreach (CudaOperation operation in Operations)
        {
            operation.Dispose();
        }

        if (_aside != 0)
        {
            _ = CudaDriver.cuStreamDestroy_v2(_aside);
            _ = CudaDriver.cuEventDestroy_v2(_forked);
            _ = CudaDriver.cuEventDestroy_v2(_asideIsOver);
        }
    }

    private void Launch(PlannedStep step, nint stream, nint workspace, Action? afterEach)
    {
        if (step.Transfer is not null)
        {
            _transfers!.Await();
        }

        foreach (CudaOperation operation in step.Operations)
        {
            operation.Launch(stream, workspace);
            afterEach?.Invoke();
        }

        if (step.Transfer is not null)
        {
            _transfers!.Release();
        }
    }

    private long WorkspaceOf(bool isAside) => _steps.Where(step => step.IsAside == isAside)
        .SelectMany(step => step.Operations).Select(operation => operation.WorkspaceBytes).DefaultIfEmpty().Max();
}
