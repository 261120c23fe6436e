using System.Diagnostics;
using Supir.Engine;
using Supir.Engine.Cpu;
using Supir.Engine.Graphs;

namespace Supir.Cli.Bench;

/// <summary>Times compiled graphs on random inputs; the best run counts, since everything else a machine does only slows a run down.</summary>
internal static class PlanTimer
{
    /// <summary>Fills every input with small random numbers; token ids and positions with ones that exist.</summary>
    public static void FillInputs(IPlan plan, Graph graph)
    {
        Random random = new(1);
        foreach ((string name, Value value) in graph.Inputs)
        {
            float[] elements = new float[value.Shape.ElementCount];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] = value.Channels == 1 ? 1 : random.NextSingle() - 0.5f;
            }

            plan.SetInput(name, elements);
        }
    }

    /// <summary>Runs a plan twice; returns the seconds of the second run and where they went.</summary>
    public static (double Seconds, Profile Profile) Profile(CpuPlan plan, CancellationToken stop)
    {
        plan.Run(cancellationToken: stop);
        Profile profile = new();
        plan.Profile = profile;
        long start = Stopwatch.GetTimestamp();
        plan.Run(cancellationToken: stop);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        plan.Profile = null;
        return (seconds, profile);
    }

    /// <summary>Runs a plan at least twice and for at least some time; returns the seconds of the best run.</summary>
    public static double Best(CpuPlan plan, TimeSpan atLeast, CancellationToken stop)
    {
        // Once outside the count: code is compiled, memory is touched.
        plan.Run(cancellationToken: stop);
        long begin = Stopwatch.GetTimestamp();
        double best = double.PositiveInfinity;
        int runs = 0;
        while (runs < 1 || (Stopwatch.GetElapsedTime(begin) < atLeast))
        {
            long start = Stopwatch.GetTimestamp();
            plan.Run(cancellationToken: stop);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            runs++;
        }

        return best;
    }
}
