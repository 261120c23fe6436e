using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Supir.Engine.Cpu;

/// <summary>How fast this processor multiplies and adds when nothing else holds it up: the ceiling that kernels are measured against.</summary>
public static class CpuPeak
{
    private const long Rounds = 4_000_000;
    private const int Chains = 16;
    private const int Repetitions = 5;

    /// <summary>The best of several runs of sixteen independent chains of fused multiply-adds that never leave the registers, on the widest vectors in use.</summary>
    /// <param name="threads">Threads that run at once.</param>
    /// <returns>Floating-point operations a second, all threads together.</returns>
    public static double Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        using WorkerPool pool = new(threads);
        double best = 0;
        int lanes = InstructionSets.Best switch { InstructionSet.Avx512 => 16, InstructionSet.Avx2 => 8, _ => 1 };
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(threads, static (_, _) => RunChains());
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 2.0 * Chains * lanes * Rounds * threads / seconds);
        }

        return best;
    }

    private static void RunChains()
    {
        float sum = InstructionSets.Best switch
        {
            InstructionSet.Avx512 => Chain512(),
            InstructionSet.Avx2 => Chain256(),
            _ => ChainScalar(),
        };

        // The result has to be of use, or the loop is taken away.
        if (float.IsNaN(sum))
        {
            throw new InvalidOperationException("The chains converge; they cannot end in NaN.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain512()
    {
        Vector512<float> m = Vector512.Create(0.999f), s = Vector512.Create(0.001f);
        Vector512<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m, n = m, o = m, p = m, q = m;
        for (long round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, s);
            b = Vector512.FusedMultiplyAdd(b, m, s);
            c = Vector512.FusedMultiplyAdd(c, m, s);
            d = Vector512.FusedMultiplyAdd(d, m, s);
            e = Vector512.FusedMultiplyAdd(e, m, s);
            f = Vector512.FusedMultiplyAdd(f, m, s);
            g = Vector512.FusedMultiplyAdd(g, m, s);
            h = Vector512.FusedMultiplyAdd(h, m, s);
            i = Vector512.FusedMultiplyAdd(i, m, s);
            j = Vector512.FusedMultiplyAdd(j, m, s);
            k = Vector512.FusedMultiplyAdd(k, m, s);
            l = Vector512.FusedMultiplyAdd(l, m, s);
            n = Vector512.FusedMultiplyAdd(n, m, s);
            o = Vector512.FusedMultiplyAdd(o, m, s);
            p = Vector512.FusedMultiplyAdd(p, m, s);
            q = Vector512.FusedMultiplyAdd(q, m, s);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + n + o + p + q);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain256()
    {
        // Sixteen registers in all: twelve chains, the factor and the summand.
        Vector256<float> m = Vector256.Create(0.999f), s = Vector256.Create(0.001f);
        Vector256<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m;
        for (long round = 0; round < Rounds * Chains / 12; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, s);
            b = Vector256.FusedMultiplyAdd(b, m, s);
            c = Vector256.FusedMultiplyAdd(c, m, s);
            d = Vector256.FusedMultiplyAdd(d, m, s);
            e = Vector256.FusedMultiplyAdd(e, m, s);
            f = Vector256.FusedMultiplyAdd(f, m, s);
            g = Vector256.FusedMultiplyAdd(g, m, s);
            h = Vector256.FusedMultiplyAdd(h, m, s);
            i = Vector256.FusedMultiplyAdd(i, m, s);
            j = Vector256.FusedMultiplyAdd(j, m, s);
            k = Vector256.FusedMultiplyAdd(k, m, s);
            l = Vector256.FusedMultiplyAdd(l, m, s);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ChainScalar()
    {
        float a = 1f, b = 1f, c = 1f, d = 1f, e = 1f, f = 1f, g = 1f, h = 1f;
        for (long round = 0; round < Rounds * Chains / 8; round++)
        {
            a = (a * 0.999f) + 0.001f;
            b = (b * 0.999f) + 0.001f;
            c = (c * 0.999f) + 0.001f;
            d = (d * 0.999f) + 0.001f;
            e = (e * 0.999f) + 0.001f;
            f = (f * 0.999f) + 0.001f;
            g = (g * 0.999f) + 0.001f;
            h = (h * 0.999f) + 0.001f;
        }

        return a + b + c + d + e + f + g + h;
    }
}
