namespace Supir.Engine.Cuda.Cudnn;

/// <summary>A graph of cuDNN's that a plan needs.</summary>
/// <param name="Key">All that its description depends on.</param>
/// <param name="Describe">Describes it: its operations, and the tensors' ids in the order of <paramref name="Addresses"/>. Everything
/// that has to live as long as the plan goes into the list.</param>
/// <param name="Addresses">The operands.</param>
/// <param name="SourceBytes">Bytes of the first operand.</param>
internal sealed record CudnnRequest(
    string Key, Func<List<CudnnDescriptor>, (CudnnDescriptor[] Operations, long[] TensorIds)> Describe, nint[] Addresses, long SourceBytes);
