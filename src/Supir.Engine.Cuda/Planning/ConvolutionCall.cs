using Supir.Engine.Cuda.Kernels;
using Supir.Engine.Cuda.Runtime;
using Supir.Engine.Cuda.Weights;

namespace Supir.Engine.Cuda.Planning;

/// <summary>What a convolution reads and writes.</summary>
internal readonly record struct ConvolutionCall(
    DeviceMatrix Source, ConvolutionSizes Sizes, DeviceWeights Weights, DeviceMatrix Residual, DeviceMatrix Target);
