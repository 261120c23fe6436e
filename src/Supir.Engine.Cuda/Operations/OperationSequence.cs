using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Operations;

/// <summary>The operations of a plan's part in order, with the transfers of streamed weights beside them.</summary>
internal sealed class OperationSequence : IDisposable
{
    private readonly CudaDevice _device;
    private readonly PlannedStep[] _steps;
    private readonly TransferQueue? _transfers;

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
    }

    /// <summary>All operations in order.</summary>
    public IReadOnlyList<CudaOperation> Operations { get; }

    /// <summary>Puts everything on the GPU.</summary>
    /// <param name="workspace">Memory that operations share.</param>
    /// <param name="afterEach">Called after each operation was put there.</param>
    public void Launch(nint workspace, Action? afterEach = null)
    {
        _transfers?.Begin();
        foreach (PlannedStep step in _steps)
        {
            if (step.Transfer is not null)
            {
                _transfers!.Await();
            }

            foreach (CudaOperation operation in step.Operations)
            {
                operation.Launch(_device.Stream, workspace);
                afterEach?.Invoke();
            }

            if (step.Transfer is not null)
            {
                _transfers!.Release();
            }
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
    }
}
