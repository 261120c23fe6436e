using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu.Operations;

/// <summary>Normalises each row: its mean first, then the mean square of what is left, then x · γ/σ + β.</summary>
internal sealed unsafe class LayerNormOperation(MatrixView source, MatrixView result, float[] gamma, float[] beta, float epsilon, int rows)
    : RowOperation("layernorm", rows, result.Channels)
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRow(int row)
    {
        float* x = source.Row(row);
        int channels = result.Channels;
        float mean = Sum(x, channels) / channels;
        float inverseDeviation = 1f / MathF.Sqrt((SumOfSquares(x, mean, channels) / channels) + epsilon);
        fixed (float* g = gamma, b = beta)
        {
            Normalize(x, result.Row(row), g, b, mean, inverseDeviation, channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(float* x, int channels)
    {
        float sum = 0f;
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> s0 = default, s1 = default;
            for (; c + 16 <= channels; c += 16)
            {
                s0 += Vector256.Load(x + c);
                s1 += Vector256.Load(x + c + 8);
            }

            sum = Vector256.Sum(s0 + s1);
        }

        for (; c < channels; c++)
        {
            sum += x[c];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfSquares(float* x, float mean, int channels)
    {
        float sum = 0f;
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> m = Vector256.Create(mean);
            Vector256<float> s0 = default, s1 = default;
            for (; c + 16 <= channels; c += 16)
            {
                Vector256<float> d0 = Vector256.Load(x + c) - m;
                Vector256<float> d1 = Vector256.Load(x + c + 8) - m;
                s0 = Vector256.FusedMultiplyAdd(d0, d0, s0);
                s1 = Vector256.FusedMultiplyAdd(d1, d1, s1);
            }

            sum = Vector256.Sum(s0 + s1);
        }

        for (; c < channels; c++)
        {
            sum += (x[c] - mean) * (x[c] - mean);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Normalize(float* x, float* y, float* gamma, float* beta, float mean, float inverseDeviation, int channels)
    {
        int c = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> m = Vector256.Create(mean);
            Vector256<float> r = Vector256.Create(inverseDeviation);
            for (; c + 8 <= channels; c += 8)
            {
                Vector256<float> normal = (Vector256.Load(x + c) - m) * r;
                Vector256.FusedMultiplyAdd(normal, Vector256.Load(gamma + c), Vector256.Load(beta + c)).Store(y + c);
            }
        }

        for (; c < channels; c++)
        {
            y[c] = MathF.FusedMultiplyAdd((x[c] - mean) * inverseDeviation, gamma[c], beta[c]);
        }
    }
}
