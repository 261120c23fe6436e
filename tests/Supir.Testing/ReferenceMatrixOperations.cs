using Supir.Engine.Graphs;

namespace Supir.Testing;

/// <summary>Definitions of the operations that multiply matrices.</summary>
internal static class ReferenceMatrixOperations
{
    /// <summary>y[n, i, j, o] = b[o] + Σ x[n, i·stride + ky − top, j·stride + kx − left, c] · W[ky, kx, c, o], zero outside of x.</summary>
    public static void Convolve(Value source, float[] x, ReferenceMatrix matrix, Conv2dOptions options, Value result, float[] y)
    {
        int scale = options.UpsampleNearest2x ? 2 : 1;
        Parallel.For(0, result.Batch * result.Height, row =>
        {
            int image = row / result.Height;
            int top = ((row % result.Height) * options.Stride) - options.PadTop;
            double[] sums = new double[matrix.OutChannels];
            for (int column = 0; column < result.Width; column++)
            {
                int left = (column * options.Stride) - options.PadLeft;
                matrix.Bias.CopyTo(sums, 0);
                for (int k = 0; k < matrix.KernelHeight * matrix.KernelWidth; k++)
                {
                    int sourceRow = top + (k / matrix.KernelWidth);
                    int sourceColumn = left + (k % matrix.KernelWidth);
                    if (sourceRow < 0 || sourceRow >= source.Height * scale || sourceColumn < 0 || sourceColumn >= source.Width * scale)
                    {
                        continue;
                    }

                    int position = (((image * source.Height) + (sourceRow / scale)) * source.Width) + (sourceColumn / scale);
                    AddProduct(x.AsSpan(position * source.Channels, source.Channels), matrix, k, sums);
                }

                Span<float> destination = y.AsSpan(((row * result.Width) + column) * result.Channels, result.Channels);
                for (int o = 0; o < sums.Length; o++)
                {
                    destination[o] = (float)sums[o];
                }
            }
        });
    }

    /// <summary>softmax(Q Kᵀ / √d) V for each head.</summary>
    public static void Attend(AttentionNode node, float[] query, float[] key, float[] value, float[] y)
    {
        int channels = node.Query.Channels;
        int depth = channels / node.Heads;
        Parallel.For(0, node.Query.Batch * node.Heads, image =>
        {
            int batch = image / node.Heads;
            int head = (image % node.Heads) * depth;
            double[] weights = new double[node.Key.Positions];
            double[] sums = new double[depth];
            for (int i = 0; i < node.Query.Positions; i++)
            {
                int seen = node.Causal ? i + 1 : node.Key.Positions;
                int row = (((batch * node.Query.Positions) + i) * channels) + head;
                double largest = double.NegativeInfinity;
                for (int j = 0; j < seen; j++)
                {
                    int other = (((batch * node.Key.Positions) + j) * channels) + head;
                    weights[j] = Dot(query.AsSpan(row, depth), key.AsSpan(other, depth)) / Math.Sqrt(depth);
                    largest = Math.Max(largest, weights[j]);
                }

                double total = 0;
                Array.Clear(sums);
                for (int j = 0; j < seen; j++)
                {
                    double weight = Math.Exp(weights[j] - largest);
                    total += weight;
                    ReadOnlySpan<float> v = value.AsSpan((((batch * node.Key.Positions) + j) * channels) + head, depth);
                    for (int d = 0; d < sums.Length; d++)
                    {
                        sums[d] += weight * v[d];
                    }
                }

                for (int d = 0; d < depth; d++)
                {
                    y[row + d] = (float)(sums[d] / total);
                }
            }
        });
    }

    private static void AddProduct(ReadOnlySpan<float> x, ReferenceMatrix matrix, int k, Span<double> sums)
    {
        for (int c = 0; c < x.Length; c++)
        {
            double factor = x[c];
            ReadOnlySpan<double> weights = matrix.Elements.AsSpan(((k * x.Length) + c) * sums.Length, sums.Length);
            for (int o = 0; o < weights.Length; o++)
            {
                sums[o] += factor * weights[o];
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }
}
