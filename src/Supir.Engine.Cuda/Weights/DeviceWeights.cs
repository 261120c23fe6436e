using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Weights;

/// <summary>A matrix of weights on the GPU: rows of output channels, each [tap][input channel], and a bias.</summary>
/// <param name="Memory">The block that holds both.</param>
/// <param name="Matrix">The first row.</param>
/// <param name="Bias">A bias for each output channel in the matrix's format, or 0 for none.</param>
internal sealed record DeviceWeights(DeviceMemory Memory, nint Matrix, nint Bias);
