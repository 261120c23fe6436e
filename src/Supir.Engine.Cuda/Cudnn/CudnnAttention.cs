using Supir.Engine.Cuda.Interop;
using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>The description of an attention over rows of heads as cuDNN's single operation (cuDNN 9.13.1 and newer).</summary>
internal static class CudnnAttention
{
    /// <summary>The first version with the single operation.</summary>
    public const long LeastVersion = 91301;

    /// <summary>With fewer keys, as those of a text, our own kernel is used.</summary>
    public const int LeastKeys = 256;

    /// <summary>The operation, and the tensors' ids in the order query, key, value, result, scale (a single in the host's memory).</summary>
    public static (CudnnDescriptor[] Operations, long[] TensorIds) Describe(
        AttentionSizes sizes, DeviceMatrix q, DeviceMatrix k, DeviceMatrix v, DeviceMatrix result, List<CudnnDescriptor> kept)
    {
        CudnnDescriptor query = Heads(1, sizes, sizes.Queries, q);
        CudnnDescriptor key = Heads(2, sizes, sizes.Keys, k);
        CudnnDescriptor value = Heads(3, sizes, sizes.Keys, v);
        CudnnDescriptor output = Heads(4, sizes, sizes.Queries, result);
        CudnnDescriptor scale = CudnnDescriptor.Tensor(5, CudnnDescriptor.Float32, [1, 1, 1, 1], [1, 1, 1, 1], isByValue: true, alignment: sizeof(float));
        kept.AddRange([query, key, value, output, scale]);
        CudnnDescriptor operation = new(CudnnDescriptorType.AttentionForward);
        operation.Set(CudnnAttribute.AttentionQuery, query);
        operation.Set(CudnnAttribute.AttentionKey, key);
        operation.Set(CudnnAttribute.AttentionValue, value);
        operation.Set(CudnnAttribute.AttentionResult, output);
        operation.Set(CudnnAttribute.AttentionScale, scale);
        return ([operation.Finish()], [1, 2, 3, 4, 5]);
    }

    private static CudnnDescriptor Heads(long id, AttentionSizes sizes, int rows, DeviceMatrix matrix) => CudnnDescriptor.Tensor(
        id, CudnnDescriptor.DataTypeOf(matrix.Type), [sizes.Batch, sizes.Heads, rows, sizes.HeadChannels],
        [(long)rows * matrix.RowStride, sizes.HeadChannels, matrix.RowStride, 1]);
}
