namespace Supir.Engine.Cuda.Operations;

/// <summary>A matrix product by cuBLASLt, with its operands.</summary>
internal sealed class ProductOperation(Product product, ProductOperands operands) : CudaOperation
{
    /// <inheritdoc/>
    public override string Name => product.Sizes.Name;

    /// <inheritdoc/>
    public override double Flops => product.Sizes.Flops;

    /// <inheritdoc/>
    public override long WorkspaceBytes => product.WorkspaceBytes;

    /// <inheritdoc/>
    public override void Launch(nint stream, nint workspace)
    {
        int status = product.TryRun(operands, workspace, stream);
        if (status != 0)
        {
            throw new DeviceException($"cuBLASLt failed on {Name}: status {status}.");
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        product.Dispose();
        base.Dispose();
    }
}
