using Supir.Engine;
using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>Definitions of the operations of a language model's layers.</summary>
internal static class ReferenceLanguageOperations
{
    /// <summary>x / √(mean(x²) + ε) · γ for each row.</summary>
    public static void RmsNorm(float[] x, float[] gamma, float epsilon, float[] y)
    {
        int channels = gamma.Length;
        for (int row = 0; row < x.Length / channels; row++)
        {
            double squares = 0;
            for (int c = 0; c < channels; c++)
            {
                squares += (double)x[(row * channels) + c] * x[(row * channels) + c];
            }

            double factor = 1 / Math.Sqrt((squares / channels) + epsilon);
            for (int c = 0; c < channels; c++)
            {
                y[(row * channels) + c] = (float)(x[(row * channels) + c] * factor * gamma[c]);
            }
        }
    }

    /// <summary>a / (1 + e^−a) · b with a and b the halves of a row.</summary>
    public static void Swiglu(float[] x, int channels, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            int a = (2 * (i / channels) * channels) + (i % channels);
            y[i] = (float)(x[a] / (1 + Math.Exp(-x[a])) * x[a + channels]);
        }
    }

    /// <summary>(a, b) → (a cos φ − b sin φ, b cos φ + a sin φ) for the pairs (i, i + d/2) of each head, φ = (p + t) · θ^(−2i/d).</summary>
    public static void Rope(RopeNode node, float[] x, int position, float[] y)
    {
        int channels = node.Source.Channels;
        int depth = channels / node.Heads;
        for (int i = 0; i < x.Length; i++)
        {
            int row = i / channels;
            int inHead = i % channels % depth;
            int pair = inHead % (depth / 2);

            // In single precision, as torch computes it: at place 1000 a double-precision angle differs by 1e-4.
            float frequency = 1f / MathF.Pow(node.Theta, 2f * pair / depth);
            float angle = (position + row) * frequency;
            float other = inHead < depth / 2 ? -x[i + (depth / 2)] : x[i - (depth / 2)];
            y[i] = (float)(((double)x[i] * MathF.Cos(angle)) + ((double)other * MathF.Sin(angle)));
        }
    }

    /// <summary>Writes rows into a state, rounded as the state keeps them.</summary>
    public static void Append(State state, float[] x, int position, float[] rows)
    {
        for (int i = 0; i < x.Length; i++)
        {
            rows[(position * state.Channels) + i] = state.Type == DType.Float16 ? (float)(Half)x[i] : x[i];
        }
    }

    /// <summary>softmax(Q Kᵀ / √d) V for each head over the rows 0…p + t.</summary>
    public static void Attend(CachedAttentionNode node, float[] query, float[] keys, float[] values, int position, float[] y)
    {
        State state = node.KeyState;
        double[] weights = new double[state.Positions];
        for (int row = 0; row < node.Query.Rows; row++)
        {
            for (int head = 0; head < state.Heads; head++)
            {
                int seen = position + row + 1;
                int first = head * state.HeadChannels;
                for (int key = 0; key < seen; key++)
                {
                    double sum = 0;
                    for (int d = first; d < first + state.HeadChannels; d++)
                    {
                        sum += (double)query[(row * state.Channels) + d] * keys[(key * state.Channels) + d];
                    }

                    weights[key] = sum / Math.Sqrt(state.HeadChannels);
                }

                double largest = weights.Take(seen).Max();
                double total = weights.Take(seen).Sum(weight => Math.Exp(weight - largest));
                for (int d = first; d < first + state.HeadChannels; d++)
                {
                    double sum = 0;
                    for (int key = 0; key < seen; key++)
                    {
                        sum += Math.Exp(weights[key] - largest) / total * values[(key * state.Channels) + d];
                    }

                    y[(row * state.Channels) + d] = (float)sum;
                }
            }
        }
    }
}
