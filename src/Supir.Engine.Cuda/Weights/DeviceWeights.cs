namespace Supir.Engine.Cuda.Weights;

/// <summary>Where a matrix of weights lies on the GPU.</summary>
/// <param name="Matrix">The first row.</param>
/// <param name="Scales">A single for each row, or 0 for none.</param>
/// <param name="Bias">A bias for each output channel, or 0 for none.</param>
internal readonly record struct DeviceWeights(nint Matrix, nint Scales, nint Bias);
