using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Graphs;

namespace Supir.Engine.Cuda.Planning;

/// <summary>Two parts of a step that do not need each other, such as the control network and the UNet's encoder: side by side they fill
/// a GPU that neither fills alone.</summary>
/// <param name="First">Steps 0 to First − 1 run aside.</param>
/// <param name="End">Steps First to End − 1 run meanwhile; the step End is the first that needs both.</param>
internal readonly record struct ParallelBranch(int First, int End)
{
    /// <summary>A smaller part of the work is not worth a second stream.</summary>
    private const double LeastShare = 0.05;

    /// <summary>Work that every operation costs, whatever it does, counted as operations of a product.</summary>
    private const double WorkOfAnyStep = 1e8;

    /// <summary>The two parts whose smaller one is as large as can be, or <c>null</c> where nothing is worth it.</summary>
    public static ParallelBranch? Find(IReadOnlyList<FusedStep> steps)
    {
        int[] needs = EarliestNeeds(steps);
        double[] before = new double[steps.Count + 1];
        for (int i = 0; i < steps.Count; i++)
        {
            before[i + 1] = before[i] + WorkOf(steps[i]);
        }

        ParallelBranch? best = null;
        double most = LeastShare * before[^1];
        for (int first = 1; first < steps.Count; first++)
        {
            int end = first;
            while (end < steps.Count && needs[end] >= first)
            {
                end++;
            }

            double smaller = Math.Min(before[first], before[end] - before[first]);
            if (smaller > most)
            {
                (best, most) = (new ParallelBranch(first, end), smaller);
            }
        }

        return best;
    }

    /// <summary>For each step the earliest step whose result it reads, or which uses a state that it uses.</summary>
    private static int[] EarliestNeeds(IReadOnlyList<FusedStep> steps)
    {
        Dictionary<Value, int> producers = [];
        Dictionary<State, int> firstUses = [];
        int[] needs = new int[steps.Count];
        for (int i = 0; i < steps.Count; i++)
        {
            needs[i] = steps[i].Reads().Select(RootOf).Select(value => producers.GetValueOrDefault(value, int.MaxValue)).DefaultIfEmpty(int.MaxValue).Min();
            producers.Add(steps[i].Result, i);
            foreach (State state in StatesOf(steps[i]))
            {
                firstUses.TryAdd(state, i);
                needs[i] = Math.Min(needs[i], firstUses[state]);
            }
        }

        return needs;
    }

    private static IEnumerable<State> StatesOf(FusedStep step) => step.Node switch
    {
        AppendNode node => [node.State],
        CachedAttentionNode node => [node.KeyState, node.ValueState],
        _ => [],
    };

    private static Value RootOf(Value value)
    {
        while (value.Producer is SliceNode slice)
        {
            value = slice.Source;
        }

        return value;
    }

    private static double WorkOf(FusedStep step) => WorkOfAnyStep + step.Node switch
    {
        AttentionNode node => 4.0 * node.Query.Rows * node.Key.Positions * node.Query.Channels,
        _ when step.IsProduct && ProductForms.WeightsOf(step) is LinearWeights weights =>
            2.0 * step.Result.Rows * weights.OutChannels * weights.InChannels * weights.KernelHeight * weights.KernelWidth,
        _ => 0,
    };
}
