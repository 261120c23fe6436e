using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>Definitions of the operations that work element by element or row by row.</summary>
internal static class ReferenceElementOperations
{
    /// <summary>Copies <paramref name="count"/> channels of every row.</summary>
    public static void CopyChannels(float[] x, int channels, int start, float[] y, int resultChannels, int resultStart, int count)
    {
        for (int row = 0; row < x.Length / channels; row++)
        {
            Array.Copy(x, (row * channels) + start, y, (row * resultChannels) + resultStart, count);
        }
    }

    /// <summary>x + y, or x + the one position of its image that y has.</summary>
    public static void Add(AddNode node, float[] first, float[] second, float[] y)
    {
        int channels = node.First.Channels;
        int rowsPerOther = node.Second.Positions == node.First.Positions ? 1 : node.First.Positions;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = first[i] + second[(i / channels / rowsPerOther * channels) + (i % channels)];
        }
    }

    /// <summary>x + y · s.</summary>
    public static void AddScaled(float[] first, float[] second, float scale, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)(first[i] + ((double)second[i] * scale));
        }
    }

    /// <summary>A function of every element.</summary>
    public static void Activate(float[] x, Activation function, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)(function switch
            {
                Activation.Silu => x[i] / (1 + Math.Exp(-x[i])),
                Activation.Gelu => Gelu(x[i]),
                Activation.QuickGelu => x[i] / (1 + Math.Exp(-1.702 * x[i])),
                _ => x[i],
            });
        }
    }

    /// <summary>a · gelu(b) with a and b the halves of a row.</summary>
    public static void Geglu(float[] x, int channels, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            int a = (2 * (i / channels) * channels) + (i % channels);
            y[i] = (float)(x[a] * Gelu(x[a + channels]));
        }
    }

    /// <summary>cos(t · fᵢ), then sin(t · fᵢ), with fᵢ = exp(−ln 10000 · i / half).</summary>
    /// <remarks>In single precision from the first product on, as torch computes it: a double-precision frequency moves the angle of
    /// t = 1000 by 1e-4, more than the tolerance of what follows.</remarks>
    public static void TimestepEmbedding(float[] timesteps, float[] y)
    {
        int channels = y.Length / timesteps.Length;
        int half = channels / 2;
        for (int i = 0; i < y.Length; i++)
        {
            int frequency = i % half;
            float angle = timesteps[i / channels] * MathF.Exp(-MathF.Log(10000f) * frequency / half);
            y[i] = i % channels < half ? MathF.Cos(angle) : MathF.Sin(angle);
        }
    }

    /// <summary>Row id of the table plus row position of the positions.</summary>
    public static void Gather(GatherNode node, float[] ids, float[] table, float[] positions, float[] y)
    {
        int channels = node.Table.Shape[1];
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / channels;
            int channel = i % channels;
            y[i] = table[((int)ids[row] * channels) + channel] + positions[(row % node.Ids.Height * channels) + channel];
        }
    }

    /// <summary>The row at an index of each image or text.</summary>
    public static void SelectRow(SelectRowNode node, float[] x, float[] index, float[] y)
    {
        int channels = node.Source.Channels;
        for (int image = 0; image < index.Length; image++)
        {
            Array.Copy(x, ((image * node.Source.Positions) + (int)index[image]) * channels, y, image * channels, channels);
        }
    }

    private static double Gelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)); all terms have one sign, so nothing cancels.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x); // 1 − erf(6) = 2e-17
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
