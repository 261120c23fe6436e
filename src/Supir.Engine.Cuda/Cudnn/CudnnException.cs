namespace Supir.Engine.Cuda.Cudnn;

/// <summary>cuDNN does not take a description; what it was for is then computed by other means.</summary>
internal sealed class CudnnException(string message) : Exception(message);
