using System.Runtime.CompilerServices;

namespace Supir.Engine.Cpu.Kernels;

/// <summary>For every channel, the sums of x − r and (x − r)² over a few positions, in single precision and in the positions' order.</summary>
internal static unsafe class ChannelSums<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Four vectors of channels at a time, so that their sums stay in registers and none waits for the one before it.</summary>
    /// <param name="first">The first channel at the first position.</param>
    /// <param name="stride">Elements from a position to the next.</param>
    /// <param name="positions">How many positions.</param>
    /// <param name="channels">How many channels: whole vectors, here four at a time.</param>
    /// <param name="reference">r of every channel.</param>
    /// <param name="sums">What the sums of x − r are added to.</param>
    /// <param name="squares">What the sums of (x − r)² are added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFour(float* first, int stride, int positions, int channels, float* reference, float* sums, float* squares)
    {
        for (int c = 0; c < channels; c += 4 * T.Count)
        {
            float* r = reference + c;
            T r0 = T.Load(r), r1 = T.Load(r + T.Count), r2 = T.Load(r + (2 * T.Count)), r3 = T.Load(r + (3 * T.Count));
            float* s = sums + c;
            float* q = squares + c;
            T s0 = T.Load(s), s1 = T.Load(s + T.Count), s2 = T.Load(s + (2 * T.Count)), s3 = T.Load(s + (3 * T.Count));
            T q0 = T.Load(q), q1 = T.Load(q + T.Count), q2 = T.Load(q + (2 * T.Count)), q3 = T.Load(q + (3 * T.Count));
            float* row = first + c;
            for (int position = 0; position < positions; position++, row += stride)
            {
                T x0 = T.Load(row) - r0;
                T x1 = T.Load(row + T.Count) - r1;
                T x2 = T.Load(row + (2 * T.Count)) - r2;
                T x3 = T.Load(row + (3 * T.Count)) - r3;
                s0 += x0;
                s1 += x1;
                s2 += x2;
                s3 += x3;
                q0 = T.MultiplyAdd(x0, x0, q0);
                q1 = T.MultiplyAdd(x1, x1, q1);
                q2 = T.MultiplyAdd(x2, x2, q2);
                q3 = T.MultiplyAdd(x3, x3, q3);
            }

            s0.Store(s);
            s1.Store(s + T.Count);
            s2.Store(s + (2 * T.Count));
            s3.Store(s + (3 * T.Count));
            q0.Store(q);
            q1.Store(q + T.Count);
            q2.Store(q + (2 * T.Count));
            q3.Store(q + (3 * T.Count));
        }
    }

    /// <summary>What four at a time leave over: one vector of channels at a time.</summary>
    /// <inheritdoc cref="AddFour"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOne(float* first, int stride, int positions, int channels, float* reference, float* sums, float* squares)
    {
        for (int c = 0; c < channels; c += T.Count)
        {
            T r = T.Load(reference + c);
            T s = T.Load(sums + c), q = T.Load(squares + c);
            float* row = first + c;
            for (int position = 0; position < positions; position++, row += stride)
            {
                T x = T.Load(row) - r;
                s += x;
                q = T.MultiplyAdd(x, x, q);
            }

            s.Store(sums + c);
            q.Store(squares + c);
        }
    }
}
