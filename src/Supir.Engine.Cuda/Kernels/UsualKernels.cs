using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Runtime;

namespace Supir.Engine.Cuda.Kernels;

/// <summary>The files and variants that nearly every plan needs, so that they can be compiled while weights are brought in.</summary>
internal static class UsualKernels
{
    /// <summary>Channels of a head, and keys of a tile of text: see <see cref="Attention"/>.</summary>
    private const int Head = 64;

    private const int TextTile = 80;

    /// <summary>What a plan will ask for.</summary>
    public static IEnumerable<(string File, KernelVariant Variant)> For(DeviceCapabilities device)
    {
        KernelVariant single = new(device.Type);
        KernelVariant wide = new(device.Type, KernelVariant.WidestVector(device.Type));
        yield return ("Weights.cu", single);
        yield return ("Weights.cu", new KernelVariant(DType.Float32));
        yield return ("Norms.cu", wide);
        yield return ("Elementwise.cu", wide);
        yield return ("Elementwise.cu", single);
        yield return ("Text.cu", single);
        if (!device.HasCudnn || device.Type == DType.Float32)
        {
            yield return ("Convolution.cu", wide);
        }

        if (device.Weights == WeightPrecision.EightBit)
        {
            yield return ("Weights.cu", wide);
        }

        if (device.Weights == WeightPrecision.Float8)
        {
            yield return ("Float8.cu", wide);
        }

        if (device.Type != DType.Float32 && device.Architecture >= Attention.FlashArchitecture)
        {
            yield return ("Attention.cu", new KernelVariant(device.Type, 1, Head, TextTile));
        }
    }
}
