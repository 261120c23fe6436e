using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>A matrix whose channels lie in one place or, for a concatenation that is never written, in two.</summary>
internal readonly record struct DeviceParts(DeviceMatrix First, DeviceMatrix Second)
{
    /// <summary>Channels of both.</summary>
    public int Channels => First.Channels + Second.Channels;
}
