using System.Text;
using Supir.Engine.Cuda.Interop;
using static Supir.Engine.Cuda.Interop.CudnnLibrary;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>An object of cuDNN's graph interface: created, given attributes, finished, used.</summary>
internal sealed unsafe class CudnnDescriptor : IDisposable
{
    /// <summary>cudnnDataType_t: single precision, in which everything is computed.</summary>
    public const int Float32 = 0;

    private readonly nint _handle;

    /// <summary>An empty one.</summary>
    public CudnnDescriptor(CudnnDescriptorType type) => Check(cudnnBackendCreateDescriptor(type, out _handle), "create a descriptor");

    /// <summary>cuDNN's pointer.</summary>
    public nint Handle => _handle;

    /// <summary>A tensor that lies in memory, or (virtual) only between two operations.</summary>
    public static CudnnDescriptor Tensor(long id, int dataType, ReadOnlySpan<long> lengths, ReadOnlySpan<long> strides, bool isVirtual = false, bool isByValue = false, long alignment = 16)
    {
        CudnnDescriptor tensor = new(CudnnDescriptorType.Tensor);
        tensor.Set(CudnnAttribute.TensorId, id);
        tensor.SetNumber(CudnnAttribute.TensorType, CudnnAttributeType.DataType, dataType);
        tensor.Set(CudnnAttribute.TensorLengths, lengths);
        tensor.Set(CudnnAttribute.TensorStrides, strides);
        tensor.Set(CudnnAttribute.TensorAlignment, alignment);
        if (isVirtual)
        {
            tensor.SetFlag(CudnnAttribute.TensorIsVirtual);
        }

        if (isByValue)
        {
            tensor.SetFlag(CudnnAttribute.TensorIsByValue);
        }

        return tensor.Finish();
    }

    /// <summary>cudnnDataType_t of a format of values.</summary>
    public static int DataTypeOf(DType type) => type switch { DType.Float32 => Float32, DType.Float16 => 2, _ => 9 };

    /// <summary>Sets whole numbers.</summary>
    public void Set(CudnnAttribute name, params ReadOnlySpan<long> values)
    {
        fixed (long* first = values)
        {
            Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Int64, values.Length, first), name);
        }
    }

    /// <summary>Sets other descriptors.</summary>
    public void Set(CudnnAttribute name, params ReadOnlySpan<CudnnDescriptor> values)
    {
        nint* handles = stackalloc nint[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            handles[i] = values[i].Handle;
        }

        Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Descriptor, values.Length, handles), name);
    }

    /// <summary>Sets an enumeration.</summary>
    public void SetNumber(CudnnAttribute name, CudnnAttributeType type, int value) =>
        Check(cudnnBackendSetAttribute(_handle, name, type, 1, &value), name);

    /// <summary>Sets a factor.</summary>
    public void SetFactor(CudnnAttribute name, float value) =>
        Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Float, 1, &value), name);

    /// <summary>Sets cuDNN's own handle.</summary>
    public void SetHandle(CudnnAttribute name, nint value) =>
        Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Handle, 1, &value), name);

    /// <summary>Sets addresses.</summary>
    public void SetPointers(CudnnAttribute name, params ReadOnlySpan<nint> values)
    {
        fixed (nint* first = values)
        {
            Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Pointer, values.Length, first), name);
        }
    }

    /// <summary>Ends the description.</summary>
    public CudnnDescriptor Finish()
    {
        Check(cudnnBackendFinalize(_handle), "finalize a descriptor");
        return this;
    }

    /// <summary>Ends the description, if cuDNN can do what it says.</summary>
    public bool TryFinish() => cudnnBackendFinalize(_handle) == 0;

    /// <inheritdoc/>
    public void Dispose() => _ = cudnnBackendDestroyDescriptor(_handle);

    private void SetFlag(CudnnAttribute name)
    {
        byte yes = 1;
        Check(cudnnBackendSetAttribute(_handle, name, CudnnAttributeType.Boolean, 1, &yes), name);
    }

    private static void Check(int status, object what)
    {
        if (status != 0)
        {
            byte* message = stackalloc byte[512];
            cudnnGetLastErrorString(message, 512);
            string text = Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message));
            throw new CudnnException($"cuDNN: {what}: status {status}. {text}");
        }
    }
}
