using Supir.Engine;
using Supir.Engine.Random;
using Supir.Restoration.Sampling;

namespace Supir.Restoration.Tests.Sampling;

/// <summary>Noise of which every number can be asked for again; torch's order.</summary>
internal sealed class WaveGenerator : INoiseGenerator
{
    public List<DType> Types { get; } = [];

    public int Draws => Types.Count;

    public static double At(int draw, int index) => (float)(1.3 * Math.Sin((2.1 * index) + (0.7 * draw)));

    public void Normal(Span<float> destination, DType type = DType.Float32)
    {
        SigmaRounding rounding = type == DType.BFloat16 ? SigmaRounding.BFloat16 : SigmaRounding.None;
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = rounding.Apply((float)At(Draws, i));
        }

        Types.Add(type);
    }
}
