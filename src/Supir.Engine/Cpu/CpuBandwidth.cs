using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Supir.Engine.Cpu.Memory;

namespace Supir.Engine.Cpu;

/// <summary>How fast this machine reads memory: the ceiling of what touches every weight once, as a language model does for each word.</summary>
public static class CpuBandwidth
{
    /// <summary>Far beyond any cache.</summary>
    private const long BytesPerThread = 512L << 20;

    private const int Repetitions = 6;
    private const int PieceBytes = 1 << 20;

    /// <summary>The best of several runs in which each thread reads a block of its own from one end to the other.</summary>
    /// <param name="threads">Threads that run at once.</param>
    /// <returns>Bytes a second, all threads together.</returns>
    public static unsafe double Measure(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        using WorkerPool pool = new(threads);
        using AlignedMemory memory = new(BytesPerThread * threads);
        byte* start = memory.Pointer;
        int pieces = (int)(memory.Bytes / PieceBytes);

        // Written first: memory that was never written is one page of zeros.
        pool.Run(pieces, (piece, _) => new Span<byte>(start + ((long)piece * PieceBytes), PieceBytes).Fill(1));
        double best = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            long before = Stopwatch.GetTimestamp();
            pool.Run(pieces, (piece, _) => Read(start + ((long)piece * PieceBytes)));
            best = Math.Max(best, memory.Bytes / Stopwatch.GetElapsedTime(before).TotalSeconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void Read(byte* start)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (byte* p = start; p < start + PieceBytes; p += 256)
        {
            a ^= Vector512.Load((int*)p);
            b ^= Vector512.Load((int*)(p + 64));
            c ^= Vector512.Load((int*)(p + 128));
            d ^= Vector512.Load((int*)(p + 192));
        }

        // The result has to be of use, or the loop is taken away. Equal bytes an even number of times give zero.
        if ((a ^ b ^ c ^ d) != Vector512<int>.Zero)
        {
            throw new InvalidOperationException("Memory does not hold what was written.");
        }
    }
}
