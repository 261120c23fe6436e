namespace Supir.Engine.Cuda.Planning;

/// <summary>What a plan may count on.</summary>
/// <param name="Type">The number format of values.</param>
/// <param name="Architecture">The GPU's compute capability without its dot.</param>
/// <param name="HasCudnn">Whether cuDNN computes convolutions.</param>
internal readonly record struct DeviceCapabilities(DType Type, int Architecture, bool HasCudnn);
