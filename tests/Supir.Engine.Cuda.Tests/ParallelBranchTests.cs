using Supir.Engine.Cpu.Fusion;
using Supir.Engine.Cuda.Planning;
using Supir.Engine.Cuda.Weights;
using Supir.Engine.Graphs;
using Supir.Testing;
using Xunit;

namespace Supir.Engine.Cuda.Tests;

public sealed class ParallelBranchTests
{
    private static readonly DeviceCapabilities Hopper = new(DType.Float16, 90, HasCudnn: true) { LeastEightBitElements = 0 };

    [Theory]
    [InlineData(WeightPrecision.AsStored)]
    [InlineData(WeightPrecision.EightBit)]
    [InlineData(WeightPrecision.Float8)]
    public void What_runs_aside_never_touches_what_the_other_part_writes(WeightPrecision weights)
    {
        CudaPlanLayout layout = new(TwoTowers(depth: 6), Hopper with { Weights = weights });
        ParallelBranch branch = layout.Branch!.Value;
        FusedStep[] aside = [.. layout.PerStep.Take(branch.First)];
        FusedStep[] meanwhile = [.. layout.PerStep.Take(branch.End).Skip(branch.First)];

        Assert.True(aside.Length >= 12 && meanwhile.Length >= 12);
        RequireApart(layout, aside, meanwhile);
        RequireApart(layout, meanwhile, aside);
    }

    [Fact]
    public void The_first_step_that_needs_both_parts_waits_for_them()
    {
        CudaPlanLayout layout = new(TwoTowers(depth: 3), Hopper);
        ParallelBranch branch = layout.Branch!.Value;
        HashSet<Value> aside = [.. layout.PerStep.Take(branch.First).Select(step => step.Result)];

        Assert.DoesNotContain(layout.PerStep.Take(branch.End).Skip(branch.First), step => step.Reads().Any(aside.Contains));
        Assert.Contains(layout.PerStep[branch.End].Reads(), aside.Contains);
    }

    [Fact]
    public void A_chain_has_no_parallel_part()
    {
        Graph g = new();
        RandomWeights weights = new(1);
        g.Output("y", Tower(g, g.Input("x", new Shape(1, 64, 1, 32)), weights, 5));

        Assert.Null(new CudaPlanLayout(g, Hopper).Branch);
    }

    [Fact]
    public void Steps_that_use_one_state_never_run_side_by_side()
    {
        Graph g = new();
        RandomWeights weights = new(3);
        State state = new("rows", 64, 1, 32);
        Value place = g.Input("index", new Shape(1, 1, 1, 1));
        Value rows = g.Input("x", new Shape(1, 8, 1, 32));
        g.Append(state, Tower(g, rows, weights, 4), place);
        Value later = g.Append(state, Tower(g, rows, weights, 4), place);
        g.Output("y", g.CachedAttention(rows, later, later, place));
        CudaPlanLayout layout = new(g, Hopper);

        if (layout.Branch is ParallelBranch branch)
        {
            FusedStep[] users = [.. layout.PerStep.Take(branch.End).Where(step => step.Node is AppendNode or CachedAttentionNode)];
            Assert.True(users.Length <= 1, $"{users.Length} of one state's steps run side by side");
        }
    }

    [Fact]
    public void Where_memory_is_short_nothing_runs_aside() =>
        Assert.Null(new CudaPlanLayout(TwoTowers(depth: 6), Hopper with { ResidentWeightBytes = 1 << 20 }).Branch);

    private static Graph TwoTowers(int depth)
    {
        Graph g = new();
        RandomWeights weights = new(7);
        Value x = g.Input("x", new Shape(1, 64, 1, 32));
        g.Output("y", g.Linear(g.Add(Tower(g, x, weights, depth), Tower(g, x, weights, depth)), weights.NextLinear(new Shape(32, 32))));
        return g;
    }

    private static Value Tower(Graph g, Value x, RandomWeights weights, int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            Value h = g.LayerNorm(x, weights.Next(new Shape(32)), weights.Next(new Shape(32)), 1e-5f);
            h = g.Geglu(g.Linear(h, weights.NextLinear(new Shape(256, 32))));
            x = g.Add(g.Linear(h, weights.NextLinear(new Shape(32, 128))), x);
        }

        return x;
    }

    private static void RequireApart(CudaPlanLayout layout, FusedStep[] writers, FusedStep[] others)
    {
        (long First, long End)[] written = [.. writers.SelectMany(step => Written(layout, step))];
        (long First, long End)[] touched = [.. others.SelectMany(step => Written(layout, step)), .. others.SelectMany(step => step.Reads()).Select(value => Span(layout, value))];
        foreach ((long first, long end) in written)
        {
            Assert.DoesNotContain(touched, span => first < span.End && span.First < end);
        }
    }

    private static IEnumerable<(long First, long End)> Written(CudaPlanLayout layout, FusedStep step)
    {
        yield return Span(layout, step.Result);
        foreach ((Temporary kind, long bytes) in Temporaries.Of(step, layout.Device))
        {
            long offset = layout.Locate(step, kind)!.Value;
            yield return (offset, offset + bytes);
        }

        if (layout.Locate(step, Temporary.WidenedWeights) is long widened)
        {
            MatrixKey key = layout.MatrixOf(step);
            yield return (widened, widened + (2L * key.Depth * key.PaddedOutputs));
        }
    }

    private static (long First, long End) Span(CudaPlanLayout layout, Value value)
    {
        (long offset, _, _) = layout.Locate(value);
        long bytes = layout.TypeOf(value) == DType.Float8E4M3
            ? CudaPlanLayout.ScalesOffset(value) + (sizeof(float) * (long)value.Rows)
            : value.Shape.ElementCount * layout.TypeOf(value).SizeInBytes;
        return (offset, offset + bytes);
    }
}
