using Supir.Engine.Cpu;
using Xunit;

namespace Supir.Engine.Tests;

/// <summary>Threads that always sleep between operations, and threads that always spin, do the same work; there are more of them than processors.</summary>
public sealed class WorkerPoolTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(60);

    public static TheoryData<int, int> ThreadsAndPatience => new()
    {
        { 1, 0 }, { 2, 0 }, { 2, 50 }, { 2, 10_000 }, { 3, 0 }, { 8, 0 }, { 8, 50 }, { 33, 50 },
    };

    [Theory]
    [MemberData(nameof(ThreadsAndPatience))]
    public void Every_unit_of_rapid_operations_runs_once_and_is_done_when_the_operation_returns(int threads, int microseconds)
    {
        using WorkerPool pool = new(threads, TimeSpan.FromMicroseconds(microseconds));
        int[] unitCounts = [0, 1, 2, 3, threads, threads + 1, 100];
        int[] runs = new int[100];
        for (int operation = 0; operation < 700; operation++)
        {
            int units = unitCounts[operation % unitCounts.Length];
            Array.Clear(runs);

            // Plain additions: a unit that ran twice, or after the operation, would be seen.
            pool.Run(units, (unit, _) => runs[unit]++);

            Assert.Equal(Enumerable.Range(0, runs.Length).Select(unit => unit < units ? 1 : 0), runs);
        }
    }

    [Theory]
    [MemberData(nameof(ThreadsAndPatience))]
    public void No_two_units_run_under_the_same_threads_number_at_once(int threads, int microseconds)
    {
        using WorkerPool pool = new(threads, TimeSpan.FromMicroseconds(microseconds));
        int[] busy = new int[threads];
        int collisions = 0;
        for (int operation = 0; operation < 50; operation++)
        {
            pool.Run(4 * threads, (_, thread) =>
            {
                Interlocked.Add(ref collisions, Interlocked.Increment(ref busy[thread]) - 1);
                Thread.SpinWait(100);
                Interlocked.Decrement(ref busy[thread]);
            });
        }

        Assert.Equal(0, collisions);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void All_threads_take_part_however_long_they_have_rested(int threads)
    {
        using WorkerPool pool = new(threads);
        using Barrier all = new(threads);
        int met = 0;
        foreach (int pause in new[] { 0, 20, 0 })
        {
            Thread.Sleep(pause);

            // Each unit waits for all others, so each needs a thread of its own.
            pool.Run(threads, (_, _) => Interlocked.Add(ref met, all.SignalAndWait(Forever) ? 1 : 0));
        }

        Assert.Equal(3 * threads, met);
    }

    [Fact]
    public void A_unit_that_fails_fails_the_operation_and_not_the_next()
    {
        using WorkerPool pool = new(4);

        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(
            () => pool.Run(100, (unit, _) => _ = unit == 37 ? throw new ArgumentException("no such unit") : unit));
        Assert.Throws<InsufficientMemoryException>(() => pool.Run(100, (unit, _) => _ = unit == 99 ? throw new InsufficientMemoryException() : unit));
        int done = 0;
        pool.Run(100, (_, _) => Interlocked.Increment(ref done));

        Assert.Contains("no such unit", failure.Message, StringComparison.Ordinal);
        Assert.Equal(100, done);
    }

    [Fact]
    public void Operations_of_several_callers_do_not_mix()
    {
        using WorkerPool pool = new(3);
        int[][] runs = [.. Enumerable.Range(0, 4).Select(_ => new int[50])];
        Thread[] callers = [.. runs.Select(mine => new Thread(() =>
        {
            for (int operation = 0; operation < 200; operation++)
            {
                pool.Run(mine.Length, (unit, _) => mine[unit]++);
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());

        Assert.All(runs, mine => Assert.All(mine, count => Assert.Equal(200, count)));
    }
}
