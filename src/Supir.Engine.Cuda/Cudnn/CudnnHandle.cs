using static Supir.Engine.Cuda.Interop.CudnnLibrary;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>cuDNN's handle: for one thread at a time, and for one stream until it is given another.</summary>
internal sealed class CudnnHandle : IDisposable
{
    private nint _stream;

    private CudnnHandle(nint value) => Value = value;

    /// <summary>cuDNN's pointer.</summary>
    public nint Value { get; }

    /// <summary>A handle, or <c>null</c> where cuDNN does not start.</summary>
    public static CudnnHandle? TryOpen() => cudnnCreate(out nint handle) == 0 ? new CudnnHandle(handle) : null;

    /// <summary>Puts a plan with its operands on a stream; returns cuDNN's status.</summary>
    public int Execute(CudnnDescriptor plan, CudnnDescriptor pack, nint stream)
    {
        if (stream != _stream)
        {
            int status = cudnnSetStream(Value, stream);
            if (status != 0)
            {
                return status;
            }

            _stream = stream;
        }

        return cudnnBackendExecute(Value, plan.Handle, pack.Handle);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = cudnnDestroy(Value);
}
