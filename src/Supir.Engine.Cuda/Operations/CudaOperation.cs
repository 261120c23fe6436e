namespace Supir.Engine.Cuda.Operations;

/// <summary>One step of a compiled plan: puts its kernels on a stream and returns. It allocates nothing and waits for nothing,
/// so that a graph can record it.</summary>
internal abstract class CudaOperation : IDisposable
{
    /// <summary>The operation and its sizes, for profiles.</summary>
    public abstract string Name { get; }

    /// <summary>Floating-point operations of matrix products; 0 for element-wise work.</summary>
    public virtual double Flops => 0;

    /// <summary>Bytes of workspace that the operation needs while it runs.</summary>
    public virtual long WorkspaceBytes => 0;

    /// <summary>Puts the work on a stream.</summary>
    public abstract void Launch(nint stream, nint workspace);

    /// <summary>Lets go of what the operation holds beside the plan's memory.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
