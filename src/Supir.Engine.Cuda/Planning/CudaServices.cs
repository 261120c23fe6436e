using Supir.Engine.Cuda.Cudnn;
using Supir.Engine.Cuda.Operations;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Planning;

/// <summary>What all plans of a backend share.</summary>
/// <param name="Device">The GPU.</param>
/// <param name="Kernels">Our kernels.</param>
/// <param name="Products">cuBLASLt.</param>
/// <param name="Cudnn">cuDNN, where it is installed.</param>
/// <param name="Weights">Weights on the GPU.</param>
/// <param name="Uploader">What brings them there.</param>
/// <param name="Timer">What measures alternatives.</param>
/// <param name="States">Rows that outlive a run.</param>
internal sealed record CudaServices(
    CudaDevice Device, KernelCache Kernels, ProductTuner Products, CudnnEngine? Cudnn, CudaWeightStore Weights, WeightUploader Uploader, ColdTimer Timer, CudaStateStore States);
