using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Weights;

/// <summary>In which form a matrix of weights lies on the GPU.</summary>
/// <param name="Weights">What it is made of.</param>
/// <param name="Type">The format of its elements.</param>
/// <param name="PaddedInputs">Input channels with the zeros after them.</param>
/// <param name="PaddedOutputs">Output channels with the rows of zeros after them.</param>
internal readonly record struct WeightKey(LinearWeights Weights, DType Type, int PaddedInputs, int PaddedOutputs);
