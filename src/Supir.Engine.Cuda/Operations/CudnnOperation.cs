using Supir.Engine.Cuda.Cudnn;

namespace Supir.Engine.Cuda.Operations;

/// <summary>A plan of cuDNN's with its operands.</summary>
internal sealed class CudnnOperation(CudnnPlan plan, string name, double flops, nint[] addresses) : CudaOperation
{
    private CudnnDescriptor? _pack;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override double Flops => flops;

    /// <inheritdoc/>
    public override long WorkspaceBytes => plan.WorkspaceBytes;

    /// <inheritdoc/>
    public override void Launch(nint stream, nint workspace)
    {
        // A plan's workspace is fixed from its first run on.
        _pack ??= plan.Bind(addresses, workspace);
        int status = plan.Execute(_pack, stream);
        if (status != 0)
        {
            throw new DeviceException($"cuDNN failed on {Name}: status {status}.");
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _pack?.Dispose();
        base.Dispose();
    }
}
