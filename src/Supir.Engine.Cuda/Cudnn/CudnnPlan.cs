using Supir.Engine.Cuda.Interop;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>A graph of cuDNN's that is compiled for one of its engines: shared by all operations of the same sizes.</summary>
internal sealed record CudnnPlan(CudnnDescriptor Descriptor, CudnnHandle Handle, long WorkspaceBytes, IReadOnlyList<long> TensorIds)
{
    /// <summary>Binds addresses, in the order of <see cref="TensorIds"/>.</summary>
    public CudnnDescriptor Bind(ReadOnlySpan<nint> addresses, nint workspace)
    {
        CudnnDescriptor pack = new(CudnnDescriptorType.VariantPack);
        pack.Set(CudnnAttribute.PackIds, [.. TensorIds]);
        pack.SetPointers(CudnnAttribute.PackPointers, addresses);
        pack.SetPointers(CudnnAttribute.PackWorkspace, workspace);
        return pack.Finish();
    }

    /// <summary>Puts the plan with its operands on a stream; returns cuDNN's status.</summary>
    public int Execute(CudnnDescriptor pack, nint stream) => Handle.Execute(Descriptor, pack, stream);
}
