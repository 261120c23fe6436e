using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Operations;

/// <summary>An operation that is kernels of ours, one after the other.</summary>
internal sealed class KernelOperation(string name, double flops, params KernelLaunch[] launches) : CudaOperation
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override double Flops => flops;

    /// <inheritdoc/>
    public override void Launch(nint stream, nint workspace)
    {
        foreach (KernelLaunch launch in launches)
        {
            launch.Run(stream);
        }
    }
}
