using Supir.Engine.Graphs;
using Supir.Engine.Weights;

namespace Supir.Testing;

/// <summary>Stacked weights, unpacked to [kernel row, kernel column, in, out] so that the innermost loop runs over neighbours.</summary>
internal sealed class ReferenceMatrix
{
    public ReferenceMatrix(LinearWeights weights)
    {
        InChannels = weights.InChannels;
        OutChannels = weights.OutChannels;
        KernelHeight = weights.KernelHeight;
        KernelWidth = weights.KernelWidth;
        Elements = new double[InChannels * OutChannels * KernelHeight * KernelWidth];
        Bias = new double[OutChannels];

        int firstOut = 0;
        for (int part = 0; part < weights.Weights.Count; part++)
        {
            Weight weight = weights.Weights[part];
            int outChannels = weight.Shape[weights.IsTransposed ? 1 : 0];
            Place(weight.ToFloats(), firstOut, outChannels, weights.IsTransposed);
            if (weights.Biases.Count > 0 && weights.Biases[part] is Weight bias)
            {
                Array.Copy(bias.ToFloats(), 0, Bias, firstOut, outChannels);
            }

            firstOut += outChannels;
        }
    }

    public int InChannels { get; }

    public int OutChannels { get; }

    public int KernelHeight { get; }

    public int KernelWidth { get; }

    public double[] Elements { get; }

    public double[] Bias { get; }

    private void Place(float[] source, int firstOut, int outChannels, bool isTransposed)
    {
        int kernel = KernelHeight * KernelWidth;
        for (int o = 0; o < outChannels; o++)
        {
            for (int i = 0; i < InChannels; i++)
            {
                for (int k = 0; k < kernel; k++)
                {
                    int from = isTransposed ? (i * outChannels) + o : (((o * InChannels) + i) * kernel) + k;
                    Elements[(((k * InChannels) + i) * OutChannels) + firstOut + o] = source[from];
                }
            }
        }
    }
}
