using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Supir.Engine.Cuda.Cudnn;

/// <summary>1 / √d in the host's memory, at addresses that last: cuDNN takes the scale of an attention by address.</summary>
internal static class HostScales
{
    private static readonly ConcurrentDictionary<int, float[]> Scales = new();

    /// <summary>The address of 1 / √<paramref name="channels"/>.</summary>
    public static nint Of(int channels)
    {
        float[] scale = Scales.GetOrAdd(channels, static count =>
        {
            float[] one = GC.AllocateUninitializedArray<float>(1, pinned: true);
            one[0] = (float)(1 / Math.Sqrt(count));
            return one;
        });
        return Marshal.UnsafeAddrOfPinnedArrayElement(scale, 0);
    }
}
